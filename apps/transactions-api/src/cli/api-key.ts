import { randomBytes } from 'node:crypto'
import { apiKeyEntry, isScope, parseApiKeys, scopes } from '../app/api-key.js'

/** Prints a new key for a client, and the entry of API_KEYS that lets it in. The key itself is stored nowhere. */
const [client, ...scopeArguments] = process.argv.slice(2)
const granted = scopeArguments.flatMap((argument) => argument.split(/[+,]/))

if (client === undefined || granted.length === 0 || !granted.every(isScope)) {
  process.stderr.write(`Usage: npm run api-key -- <client> <scope> [<scope>]\nScopes: ${scopes.join(', ')}\n`)
  process.exit(2)
}

const key = randomBytes(32).toString('base64url')
const entry = apiKeyEntry(client, key, granted)
if (typeof parseApiKeys(entry) === 'string') {
  process.stderr.write(`The client's name may hold a-z, 0-9, dots, dashes and underscores, at most 64, and begins with a letter or digit.\n`)
  process.exit(2)
}
process.stdout.write(`key, for the client, shown this once:\n  ${key}\nentry, for API_KEYS (separate entries by commas):\n  ${entry}\n`)
