import { describe, expect, it } from 'vitest'
import { tlsRefusal, tlsWanted } from './tls-refusal.js'

function coded(code: string): Error {
  return Object.assign(new Error('the reason'), { code })
}

describe('tlsRefusal', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'KAFKA_TLS_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'KAFKA_TLS_CA_FILE'],
    ['CERT_HAS_EXPIRED', 'the broker needs a new one'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'KAFKA_BROKERS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'KAFKA_TLS_CERT_FILE'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'KAFKA_TLS_CERT_FILE'],
  ])('says for %s what to do: %s', (code, advice) => {
    expect(tlsRefusal(coded(code))).toContain(code)
    expect(tlsRefusal(coded(code))).toContain(advice)
  })

  it('finds it wherever a client has put it', () => {
    const reason = coded('SELF_SIGNED_CERT_IN_CHAIN')
    expect(tlsRefusal(new Error('failed', { cause: new Error('no connection', { cause: reason }) }))).toBeDefined()
    expect(tlsRefusal(new Error('failed', { cause: tlsWanted() }))).toContain('set KAFKA_TLS=true')
    expect(tlsRefusal(new AggregateError([new Error('first'), new Error('second', { cause: reason })]))).toBeDefined()
  })

  it('has nothing to say of an outage', () => {
    expect(tlsRefusal(coded('ECONNREFUSED'))).toBeUndefined()
    expect(tlsRefusal(coded('ERR_SSL_WRONG_VERSION_NUMBER'))).toBeUndefined()
    expect(tlsRefusal('a text')).toBeUndefined()
  })
})
