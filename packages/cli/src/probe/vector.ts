/** Something that is sent to an API whose right answer is known. */
export interface Vector {
  readonly name: string;
  /** `accept`: a good request that must be let in; `refuse`: one that must not be. */
  readonly expect: "accept" | "refuse";
  /** What is sent. */
  readonly title: string;
  /** How it is made, for whoever makes it with another tool. */
  readonly how: string;
  /** HTTP statuses that are right; `2xx` is any of success. */
  readonly status: readonly number[] | "2xx";
  /** The code that Hallpass's own verifier or guard refuses it with. */
  readonly code?: string;
  /** How bad the other answer is: `critical` is somebody let in who has no token of the issuer at all. */
  readonly severity: "critical" | "high" | "low";
  /** What the other answer means. */
  readonly why: string;
  /** What to do about it, in any language. */
  readonly fix: string;
  /** Also possible with nothing but a good token: by changing it, or by signing anew with a key made up. */
  readonly fromToken: boolean;
}
