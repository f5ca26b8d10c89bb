import { pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Admin as Client, alterUserScramCredentialsV0, type BaseOptions } from '@platformatic/kafka'
import { aclCodes, aclKey, aclOf, anyAcl } from '../acl-codes.js'
import type { Access, Acl } from '../ports.js'
import { untilKnown } from '../until-known.js'
import { Brokers } from './brokers.js'
import { messagingError } from './errors.js'
import { askPatienceMs, patience, repeated } from './repeating.js'

/** SCRAM-SHA-512 in Kafka's protocol; iterations as Kafka's own tools take them. */
const scram = { mechanism: 2, iterations: 4096, digest: 'sha512', bytes: 64 } as const

export class PlatformaticAccess implements Access {
  readonly #client: Client
  readonly #brokers: Brokers
  readonly #closing = new AbortController()

  constructor(base: BaseOptions) {
    this.#client = new Client({ ...base, retries: 0 }) // see `repeated`
    this.#brokers = new Brokers(base)
    this.#brokers.use()
  }

  async acls(): Promise<Acl[]> {
    const filter = { ...anyAcl, resourceName: null, principal: null, host: null }
    const resources = await this.#asked('Asking for ACLs', () => this.#client.describeAcls({ filter }))
    return resources.flatMap(({ acls, ...target }) => acls.flatMap((acl) => aclOf({ ...target, ...acl }) ?? []))
  }

  async createAcls(acls: readonly Acl[]): Promise<void> {
    if (acls.length === 0) return
    await this.#asked('Creating ACLs', () => this.#client.createAcls({ creations: acls.map(aclCodes) }))
    await untilKnown(() => this.acls(), (there) => acls.every((acl) => there.has(aclKey(acl))), this.#closing.signal)
  }

  async deleteAcls(acls: readonly Acl[]): Promise<void> {
    if (acls.length === 0) return
    await this.#asked('Deleting ACLs', () => this.#client.deleteAcls({ filters: acls.map(aclCodes) }))
    await untilKnown(() => this.acls(), (there) => acls.every((acl) => !there.has(aclKey(acl))), this.#closing.signal)
  }

  /** The client has no call for it, only the request. The password itself never leaves this process. */
  async setPassword(user: string, password: string): Promise<void> {
    const salt = randomBytes(32)
    const saltedPassword = await promisify(pbkdf2)(password, salt, scram.iterations, scram.bytes, scram.digest)
    const made = { name: user, mechanism: scram.mechanism, iterations: scram.iterations, salt, saltedPassword }
    await this.#asked(`Setting the password of ${user}`, () => this.#brokers.atAny((connection) => alterUserScramCredentialsV0.api.async(connection, [], [made])))
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#client.close(), this.#brokers.release()])
  }

  async #asked<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await repeated(request, patience(this.#closing.signal, askPatienceMs))
    } catch (error) {
      throw messagingError(error, doing)
    }
  }
}
