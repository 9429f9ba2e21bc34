// How long to wait before trying again: exponential with full jitter, so that 600 members who lost
// the server at the same moment do not come back at the same moment.
// The shape is "full jitter" of https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

export interface BackoffOptions {
  first_ms: number
  cap_ms: number
  factor: number
}

const DEFAULTS: BackoffOptions = { first_ms: 400, cap_ms: 8000, factor: 1.8 }

/** The wait before attempt 1, 2, …: uniform between a fifth of the ceiling and the ceiling. */
export function backoffDelay(
  attempt: number,
  random: () => number = Math.random,
  options: BackoffOptions = DEFAULTS,
): number {
  const ceiling = Math.min(options.cap_ms, options.first_ms * options.factor ** (attempt - 1))
  return Math.round(ceiling * (0.2 + 0.8 * random()))
}
