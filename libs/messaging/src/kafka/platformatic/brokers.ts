import { Base, type BaseOptions, type Broker, type ClusterMetadata, Connection, findCoordinatorV4, NetworkError } from '@platformatic/kafka'
import { brokerSaid, isAnswer } from './errors.js'

/** Shorter than the half minute that writes are repeated: one that is lost must leave time for others. */
const requestTimeout = 10_000
const moved = ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'TRANSACTION_COORDINATOR_FENCED']

/** What has a coordinator, with its number in FindCoordinator (Kafka's protocol documentation). */
const kinds = { group: 0, transaction: 1 } as const

/** A request of one API over a connection. */
export type Request<T> = (connection: Connection) => Promise<T>

/**
 * The brokers of a cluster: for all that write to it together, and for each that reads by itself.
 *
 * A broker takes up the next request of a connection only when it has answered the one before, and writing, adding to a
 * transaction and ending one are answered only when all replicas have them. So a connection carries one request at a
 * time here: it is taken from those that are idle, or a new one is made. Nobody waits for another's request, an
 * acknowledgement does not hold up the offset's, and there are never more connections than requests were under way at
 * once: fewer than with connections for every transactional producer.
 */
export class Brokers {
  readonly #options: BaseOptions
  #users = 0
  #client: Base | null = null
  readonly #open = new Set<Connection>()
  readonly #idle = new Map<string, Connection[]>()
  readonly #coordinators = new Map<string, Broker>()
  #next = 0

  constructor(options: BaseOptions) {
    this.#options = { ...options, requestTimeout, retries: 0 }
  }

  /** Each `use` has its `release`: the connections are closed after the last one. */
  use(): void {
    this.#users++
  }

  async release(): Promise<void> {
    if (--this.#users > 0) return
    const [client, connections] = [this.#client, [...this.#open]]
    this.#client = null
    this.#open.clear()
    this.#idle.clear()
    await Promise.all([client?.close(), ...connections.map((connection) => connection.close())])
  }

  /** Where the partitions of topics are, as last heard. */
  async metadata(topics: Iterable<string>): Promise<ClusterMetadata> {
    this.#checkUsed()
    this.#client ??= new Base(this.#options)
    return this.#client.metadata({ topics: [...topics] })
  }

  /** Asks anew the next time. */
  forgetMetadata(): void {
    this.#client?.clearMetadata()
  }

  /** Asks the coordinator of a group or transactional id; when it is not there any more, the next call looks for it. */
  async atCoordinator<T>(kind: keyof typeof kinds, key: string, request: Request<T>): Promise<T> {
    const name = `${kind} ${key}`
    let broker = this.#coordinators.get(name)
    if (!broker) this.#coordinators.set(name, (broker = await this.#findCoordinator(kind, key)))
    try {
      return await this.at(broker, request)
    } catch (error) {
      if (!isAnswer(error) || brokerSaid(error, moved)) this.#coordinators.delete(name)
      throw error
    }
  }

  async at<T>(broker: Broker, request: Request<T>): Promise<T> {
    const name = `${broker.host}:${broker.port}`
    const connection = this.#takeIdle(name) ?? (await this.#connect(broker))
    try {
      return await request(connection)
    } finally {
      this.#giveBack(name, connection)
    }
  }

  /** Asks any broker; after one that does not answer, another. */
  async atAny<T>(request: Request<T>): Promise<T> {
    try {
      const { brokers } = await this.metadata([])
      const any = [...brokers.values()][this.#next % brokers.size]
      if (!any) throw new NetworkError('No broker is known')
      return await this.at(any, request)
    } catch (error) {
      this.#next++
      this.forgetMetadata()
      throw error
    }
  }

  async #findCoordinator(kind: keyof typeof kinds, key: string): Promise<Broker> {
    const { coordinators } = await this.atAny((connection) => findCoordinatorV4.api.async(connection, kinds[kind], [key]))
    const [found] = coordinators
    if (!found) throw new NetworkError(`Nobody coordinates ${kind} ${key}`)
    return { host: found.host, port: found.port }
  }

  async #connect({ host, port }: Broker): Promise<Connection> {
    this.#checkUsed()
    const connection = new Connection(this.#options.clientId, this.#options)
    // Whoever asked is told by the request itself.
    connection.on('error', () => this.#open.delete(connection))
    connection.on('close', () => this.#open.delete(connection))
    this.#open.add(connection)
    await connection.connect(host, port)
    return connection
  }

  /** What is opened after the last `release` would never be closed. */
  #checkUsed(): void {
    if (this.#users === 0) throw new NetworkError('The client is closed')
  }

  #takeIdle(name: string): Connection | undefined {
    const idle = this.#idle.get(name) ?? []
    // The last one given back is the likeliest to be there still.
    for (let connection = idle.pop(); connection; connection = idle.pop()) {
      if (connection.isConnected()) return connection
      this.#drop(connection)
    }
    return undefined
  }

  #giveBack(name: string, connection: Connection): void {
    if (!connection.isConnected() || !this.#open.has(connection)) return this.#drop(connection)
    const idle = this.#idle.get(name)
    if (idle) idle.push(connection)
    else this.#idle.set(name, [connection])
  }

  /** It is gone, or proves anew who it is: there are others. */
  #drop(connection: Connection): void {
    this.#open.delete(connection)
    connection.close(() => undefined)
  }
}
