/** Node's and OpenSSL's reasons not to trust a broker's certificate, and what to do about them. */
const distrust = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'name the file of its authority in KAFKA_TLS_CA_FILE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'name the file of its certificate in KAFKA_TLS_CA_FILE'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'name the file of its authority in KAFKA_TLS_CA_FILE'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'name the file of its authority in KAFKA_TLS_CA_FILE'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'name the file of its authority in KAFKA_TLS_CA_FILE'],
  ['CERT_SIGNATURE_FAILURE', 'name the file of its authority in KAFKA_TLS_CA_FILE'],
  ['CERT_HAS_EXPIRED', 'the broker needs a new one'],
  ['CERT_NOT_YET_VALID', 'the broker needs another one, or the clock here is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'KAFKA_BROKERS and what the brokers advertise must be names that it has'],
])

/** A broker's alerts about the certificate of the client (RFC 8446, 6.2), as Node names them. */
const unwanted = /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED)$/

export const wantsTls = 'The broker wants TLS: set KAFKA_TLS=true'
const tlsWantedCode = 'BROKER_WANTS_TLS'

/** For a connection without TLS on which a broker answers with it. */
export function tlsWanted(): Error {
  return Object.assign(new Error(wantsTls), { code: tlsWantedCode })
}

/**
 * What to do when an error says, anywhere inside, that client or broker does not accept the other's certificate, or that
 * the broker wants TLS: no retry changes that. Undefined for any other error.
 */
export function tlsRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  if (code === tlsWantedCode) return wantsTls
  const advice = distrust.get(code)
  if (advice) return `The broker's certificate is not accepted (${code}): ${advice}`
  if (unwanted.test(code)) return `The broker does not accept this client's certificate (${code}): check KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE`
  const inside = error instanceof AggregateError ? [error.cause, ...(error.errors as unknown[])] : [error.cause]
  for (const each of inside) {
    const found = tlsRefusal(each)
    if (found) return found
  }
  return undefined
}

/** What the clients and Node say when a broker ends a connection before it has answered. */
const closed = /^(Connection closed|Closed connection)$|disconnected before secure TLS connection/

/**
 * A broker that stops closes its connections without a word; so does one that wants a password or a certificate that
 * it was not shown, and one that knows no TLS. Which it is cannot be known: it is tried again, and both are named.
 */
export function whyClosed(reason: string): string {
  return closed.test(reason) ? '. If that lasts, check what the broker wants: KAFKA_TLS, KAFKA_TLS_CERT_FILE, KAFKA_SASL_MECHANISM' : ''
}
