import { tell } from '../child.js'

/** What a process says of its work. */
export interface Measured {
  readonly records: number
  /** From the first record it got to the last one that was done. */
  readonly seconds: number
  /** Of all threads of the process meanwhile, user and system, in microseconds. */
  readonly cpuUs: number
  /** The most memory it ever held, in MiB. */
  readonly rssMb: number
}

const everyMs = 10

/** Measures a process from its first record to its last. */
export class Meter {
  #started: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | null = null

  /**
   * @param records how many there are
   * @param done gives how many are done: looked at every 10 ms
   */
  constructor(
    private readonly records: number,
    private readonly done: () => number | Promise<number>,
  ) {}

  /** Called with every record or batch; the first call begins the measurement. */
  begin(): void {
    if (this.#started !== null) return
    this.#started = { at: performance.now(), cpu: process.cpuUsage() }
    const timer = setInterval(() => void this.#look(timer), everyMs)
  }

  async #look(timer: NodeJS.Timeout): Promise<void> {
    const records = await this.done()
    if (records < this.records || this.#started === null) return
    clearInterval(timer)
    const { user, system } = process.cpuUsage(this.#started.cpu)
    const measured: Measured = {
      records,
      seconds: (performance.now() - this.#started.at) / 1_000,
      cpuUs: user + system,
      rssMb: process.resourceUsage().maxRSS / 1_024,
    }
    this.#started = null
    tell(measured)
  }
}
