// Makes the certificates of docker-compose.secure.yml: run by the one-shot `certificates`. An authority, whose key is
// kept nowhere; the broker's certificate, and one for who administers it. Made once, and all of them anew when they end
// within a month: restart what uses them then (docs/security.md).
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { newAuthority } from '../../stack/src/certificates.ts'

const days = 365
const renewMs = 30 * 24 * 3600_000

const files = {
  authority: '/certificates/authority/authority.pem',
  broker: '/certificates/broker/broker.pem',
  admin: '/certificates/admin/admin.pem',
  adminKey: '/certificates/admin/admin-key.pem',
}

if (isGood()) {
  process.stdout.write('the certificates are good\n')
} else {
  const authority = newAuthority('Swipestream docker compose', days)
  const [broker, admin] = [authority.issue('kafka', ['kafka']), authority.issue('admin')]
  write(files.broker, broker.key + broker.certificate)
  write(files.admin, admin.certificate)
  write(files.adminKey, admin.key)
  // The last: where it is there, the others are.
  write(files.authority, authority.certificate)
  process.stdout.write(`made certificates for ${days} days\n`)
}

function isGood() {
  try {
    return new X509Certificate(readFileSync(files.authority)).validToDate.getTime() - Date.now() > renewMs
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

/** Readable by every user of the containers that mount the volume: which those are is what protects it. */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  // Of a start that was killed here. Nobody may write to it: root has no capabilities in this container.
  rmSync(`${file}.new`, { force: true })
  writeFileSync(`${file}.new`, text, { mode: 0o444 })
  renameSync(`${file}.new`, file)
}
