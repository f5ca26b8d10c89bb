import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A certificate and its private key (PKCS #8), in PEM. */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

/** Signs certificates. Lives as long as the process: its key is written nowhere. */
export interface Authority {
  readonly certificate: string
  /** For a server on this machine, or by these host names, and for a client: the name says whom it belongs to. */
  issue(name: string, hosts?: readonly string[]): Identity
}

/** Longer than any run of the stack. */
const VALID_DAYS = 30
const DAY_MS = 24 * 3600_000
/** Clocks may differ by a little. */
const SINCE_MS = 3600_000

/**
 * A certificate authority for one run. Node signs and makes keys but writes no certificates, and a machine with Node need
 * not have OpenSSL; Java's keytool writes no private key that Node could read. So a certificate is put together here:
 * X.509 version 3 (RFC 5280) in DER (ITU-T X.690), elliptic curve P-256, ECDSA with SHA-256 (RFC 5758).
 *
 * @param days how long its certificate, and all that it issues, are valid
 */
export function newAuthority(name: string, days = VALID_DAYS): Authority {
  const until = Date.now() + days * DAY_MS
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    certificate: certificate({ subject: name, publicKey, issuer: name, signer: privateKey, authority: true, hosts: [], until }),
    issue(subject, hosts = []) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        certificate: certificate({ subject, publicKey: own.publicKey, issuer: name, signer: privateKey, authority: false, hosts, until }),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}

interface Contents {
  readonly subject: string
  readonly publicKey: KeyObject
  readonly issuer: string
  readonly signer: KeyObject
  readonly authority: boolean
  /** DNS names, beside localhost. */
  readonly hosts: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly until: number
}

function certificate({ subject, publicKey, issuer, signer, authority, hosts, until }: Contents): string {
  const now = Date.now()
  const basicConstraints = sequence(oid('2.5.29.19'), TRUE, octets(sequence(...(authority ? [TRUE] : []))))
  // 127.0.0.1 and localhost, where all servers of a stack are.
  const names = sequence(...['localhost', ...hosts].map((host) => der(0x82, Buffer.from(host))), der(0x87, Buffer.from([127, 0, 0, 1])))
  const alternativeNames = sequence(oid('2.5.29.17'), octets(names))
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])), // serial number
    ECDSA_SHA256,
    commonName(issuer),
    sequence(time(now - SINCE_MS), time(until)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints, ...(authority ? [] : [alternativeNames]))), // extensions
  )
  const signature = sign('sha256', toBeSigned, signer)
  return pem(sequence(toBeSigned, ECDSA_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature]))))
}

/** Tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function octets(content: Buffer): Buffer {
  return der(0x04, content)
}

/** Of bytes whose first is below 0x80: with it set, the number would be negative. */
function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let high = arc >> 7; high > 0; high >>= 7) groups.unshift((high & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return der(0x06, Buffer.from(bytes))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(name)))))
}

/** UTCTime, which RFC 5280 asks for until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

const TRUE = der(0x01, Buffer.from([0xff]))
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
