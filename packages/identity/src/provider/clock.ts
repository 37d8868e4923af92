/** The clock that tokens are stamped and judged by: the system's, unless development controls have moved it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Seconds by which it is ahead of the system's. */
  offset(): number;
}
