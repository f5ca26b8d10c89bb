/**
 * Where a component that runs by itself (a consumer, a relay) hands an error after which nothing can succeed. The
 * process ends with it; its supervisor starts it anew.
 */
export class FatalErrors {
  constructor(private readonly end: (error: unknown) => void) {}

  /** Ends the process (see startService); a caller does nothing more afterwards. */
  report(error: unknown): void {
    this.end(error)
  }
}
