/**
 * Everything that can go wrong with a contract.
 *
 * | code | kind | meaning |
 * | --- | --- | --- |
 * | `AVRO_NOT_FRAMED` | poison | the bytes do not start with Confluent's magic byte and a schema id |
 * | `AVRO_UNDECODABLE` | poison | framed, but not the writer's schema, truncated, or followed by other bytes |
 * | `AVRO_SCHEMA_INVALID` | poison | a schema that Avro does not allow, or that the reader's cannot read |
 * | `AVRO_INVALID_VALUE` | poison | a value that is not of its schema was about to be written |
 * | `SCHEMA_UNKNOWN` | poison | the registry has no schema of this id |
 * | `SCHEMA_NOT_REGISTERED` | transient | the schema must first be registered: `npm run contracts -- register` |
 * | `SCHEMA_INCOMPATIBLE` | fatal | the registry refuses the schema: it breaks with a registered version |
 * | `REGISTRY_UNAVAILABLE` | transient | the registry does not answer, or answers 408, 429 or 5xx |
 * | `REGISTRY_REFUSED` | fatal | the registry refuses the credentials (401, 403) or the request (other 4xx) |
 */
export const contractErrorKinds = {
  AVRO_NOT_FRAMED: 'poison',
  AVRO_UNDECODABLE: 'poison',
  AVRO_SCHEMA_INVALID: 'poison',
  AVRO_INVALID_VALUE: 'poison',
  SCHEMA_UNKNOWN: 'poison',
  SCHEMA_NOT_REGISTERED: 'transient',
  SCHEMA_INCOMPATIBLE: 'fatal',
  REGISTRY_UNAVAILABLE: 'transient',
  REGISTRY_REFUSED: 'fatal',
} as const

export type ContractErrorCode = keyof typeof contractErrorKinds

/** What a consumer should do with the record: see the recovery table of libs/messaging. */
export type ContractErrorKind = (typeof contractErrorKinds)[ContractErrorCode]

/** A broken contract. The message says what is wrong and how to mend it, and never holds a value. */
export class ContractError extends Error {
  readonly code: ContractErrorCode
  readonly kind: ContractErrorKind

  constructor(code: ContractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ContractError'
    this.code = code
    this.kind = contractErrorKinds[code]
  }
}
