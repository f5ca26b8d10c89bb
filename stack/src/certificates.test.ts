import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { newAuthority } from './certificates.js'

it('an authority signs certificates for this machine, valid now and for a while', () => {
  const authority = newAuthority('An authority')
  const { certificate, key } = authority.issue('a broker')
  const [root, issued] = [new X509Certificate(authority.certificate), new X509Certificate(certificate)]
  expect(root.ca).toBe(true)
  expect(issued.ca).toBe(false)
  expect(issued.subject).toBe('CN=a broker')
  expect(issued.checkIssued(root)).toBe(true)
  expect(issued.verify(root.publicKey)).toBe(true)
  expect(issued.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(issued.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(issued.checkHost('localhost')).toBe('localhost')
  expect(issued.validFromDate.getTime()).toBeLessThan(Date.now())
  expect(issued.validToDate.getTime()).toBeGreaterThan(Date.now() + 24 * 3600_000)
})

it('another authority of the same name has not signed it', () => {
  const issued = new X509Certificate(newAuthority('An authority').issue('a broker').certificate)
  expect(issued.verify(new X509Certificate(newAuthority('An authority').certificate).publicKey)).toBe(false)
})

it('server and client take each other at their word in TLS', async () => {
  const authority = newAuthority('An authority')
  const [ours, theirs] = [authority.issue('a client'), authority.issue('a broker')]
  const server = createServer({ key: theirs.key, cert: theirs.certificate, ca: authority.certificate, requestCert: true }, (socket) => {
    socket.end(socket.authorized ? String(socket.getPeerCertificate().subject.CN) : 'nobody')
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = connect({ host: '127.0.0.1', port, ca: authority.certificate, key: ours.key, cert: ours.certificate })
  const [greeting] = await once(client, 'data')
  expect(String(greeting)).toBe('a client')
})
