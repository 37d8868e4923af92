import { z } from "zod";

/** How an endpoint misbehaves. */
const fault = z
  .strictObject({
    /** Milliseconds before the answer. */
    delay: z.number().int().min(0).max(120_000).optional(),
    /** Answer with this HTTP status instead. */
    status: z.number().int().min(400).max(599).optional(),
    /** Answer with HTML, as a proxy in trouble does. */
    html: z.boolean().optional(),
  })
  .nullable();

/** What the control endpoint takes: what is given changes, `null` sets back. */
export const controlChange = z.strictObject({
  /** Seconds by which the server's clock is ahead; negative for behind. */
  clockOffset: z.number().int().min(-315_360_000).max(315_360_000).nullable().optional(),
  /** Seconds. */
  accessTokenLifetime: z.number().int().min(1).max(86_400).nullable().optional(),
  /** Answer the next refresh with `invalid_grant`. */
  refuseNextRefresh: z.boolean().nullable().optional(),
  /** Rotate at the next refresh, and break the connection instead of answering. */
  loseNextRefreshAnswer: z.boolean().nullable().optional(),
  jwks: fault.optional(),
  token: fault.optional(),
  /** Answer `prompt=none` with this error, and show the page otherwise. */
  prompt: z.enum(["login_required", "consent_required"]).nullable().optional(),
  /** `false`: no CORS headers. */
  cors: z.boolean().nullable().optional(),
});

export type ControlChange = z.infer<typeof controlChange>;
export type EndpointFault = NonNullable<z.infer<typeof fault>>;

/** The state of the development controls. */
export interface Controls {
  clockOffset: number;
  accessTokenLifetime: number | null;
  refuseNextRefresh: boolean;
  loseNextRefreshAnswer: boolean;
  jwks: EndpointFault | null;
  token: EndpointFault | null;
  prompt: "login_required" | "consent_required" | null;
  cors: boolean;
}

/** Requests since the start or the last reset. */
export interface RequestCounts {
  token: number;
  jwks: number;
  discovery: number;
}

/** Development controls with their counters: one set for each server. */
export interface ControlPanel {
  readonly controls: Controls;
  readonly requests: RequestCounts;
  change(change: ControlChange): void;
  reset(): void;
}

export function createControlPanel(): ControlPanel {
  const controls = untouched();
  const requests: RequestCounts = { token: 0, jwks: 0, discovery: 0 };
  return {
    controls,
    requests,
    change(change) {
      const fresh = untouched();
      const entries = Object.entries(change).filter(([, value]) => value !== undefined);
      const values = entries.map(([name, value]) => [name, value ?? fresh[name as keyof Controls]]);
      Object.assign(controls, Object.fromEntries(values));
    },
    reset() {
      Object.assign(controls, untouched());
      Object.assign(requests, { token: 0, jwks: 0, discovery: 0 });
    },
  };
}

function untouched(): Controls {
  return {
    clockOffset: 0,
    accessTokenLifetime: null,
    refuseNextRefresh: false,
    loseNextRefreshAnswer: false,
    jwks: null,
    token: null,
    prompt: null,
    cors: true,
  };
}
