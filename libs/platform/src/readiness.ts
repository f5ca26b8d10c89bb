import type { Logger } from 'pino'
import { gauge } from './metrics.js'

export type ComponentState = 'up' | 'down'

/** One thing the service depends on, as the health endpoint shows it. */
export interface Component {
  state: ComponentState
  detail?: string
}

const componentUp = gauge({
  name: 'component_up',
  help: '1 when a component this service depends on is up, else 0',
  labels: ['component'] as const,
})

/**
 * Whether this instance may be given work.
 *
 * Components (database, broker, registry, …) report their state whenever they learn it, as often as they like: only a
 * change is logged. The service is ready when every component that ever reported is up and it is not shutting down.
 *
 * A component may also be *required to start*: work begins only when each of those has been up once. Until then HTTP
 * answers health, metrics and docs alone, and no consumer runs.
 */
export class Readiness {
  private readonly known = new Map<string, Component>()
  /** The state of each component that was logged last. */
  private readonly logged = new Map<string, ComponentState>()
  private readonly awaited = new Set<string>()
  private readonly waiting: (() => void)[] = []
  private readonly stopping = new AbortController()

  /** Aborts when the shutdown begins: what would otherwise wait long (a stream, a held answer) should end then. */
  readonly shutdown: AbortSignal = this.stopping.signal

  constructor(private readonly logger?: Pick<Logger, 'info' | 'warn'>) {}

  /** Says how a component is. `detail` is for a person: why it is down, what is waited for. */
  report(name: string, state: ComponentState, detail?: string): void {
    this.known.set(name, detail === undefined ? { state } : { state, detail })
    componentUp.set({ component: name }, state === 'up' ? 1 : 0)
    if (this.logged.get(name) !== state) {
      this.logged.set(name, state)
      if (state === 'up') this.logger?.info({ component: name, detail }, `${name} is up`)
      else this.logger?.warn({ component: name, detail }, `${name} is down`)
    }
    if (state === 'up' && this.awaited.delete(name) && this.awaited.size === 0) {
      for (const resolve of this.waiting.splice(0)) resolve()
    }
  }

  /** Names a component that must have been up once before this service starts its work. Call it while wiring. */
  requireToStart(name: string, detail: string): void {
    this.awaited.add(name)
    // Not logged: every start begins like this.
    this.known.set(name, { state: 'down', detail })
  }

  /** True from the moment every component required to start has been up once; it stays true after that. */
  get open(): boolean {
    return this.awaited.size === 0
  }

  /** Resolves when {@link open} becomes true. */
  async opened(): Promise<void> {
    if (this.open) return
    await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  ready(): boolean {
    return !this.shuttingDown && this.down().length === 0
  }

  /** Names of the components that are down, in the order they first reported. */
  down(): string[] {
    return [...this.known].filter(([, { state }]) => state === 'down').map(([name]) => name)
  }

  /** The state of every component that ever reported. */
  components(): ReadonlyMap<string, Component> {
    return this.known
  }

  get shuttingDown(): boolean {
    return this.shutdown.aborted
  }

  /** From here on this instance is not ready, whatever its components say. */
  beginShutdown(): void {
    this.stopping.abort()
  }
}
