import { apiKeyEntry, parseApiKeys } from '../http/api-key.js'
import { type KeysVariable, scopesByVariable } from '../http/scopes.js'

const variables = Object.entries(scopesByVariable) as [KeysVariable, readonly string[]][]
const known = variables.flatMap(([, scopes]) => scopes)

const usage = `Usage: npm run api-key -- <client> <scope> [<scope>]
Scopes: ${variables.map(([variable, scopes]) => `${scopes.join(', ')} (${variable})`).join('; ')}
`

const wrongName = "The client's name may hold a-z, 0-9, dots, dashes and underscores, at most 64, and begins with a letter or digit.\n"

/**
 * What `npm run api-key` prints: the key, and for each variable whose scopes are asked for the entry that lets it in.
 * The key itself is stored nowhere.
 *
 * @param key 256 random bits
 */
export function newApiKey([client, ...scopeArguments]: readonly string[], key: string): { readonly code: number; readonly out: string; readonly err: string } {
  const granted = scopeArguments.flatMap((argument) => argument.split(/[+,]/))
  if (client === undefined || granted.length === 0 || !granted.every((scope) => known.includes(scope))) return { code: 2, out: '', err: usage }

  const entries = variables.flatMap(([variable, scopes]) => {
    const ofVariable = scopes.filter((scope) => granted.includes(scope))
    return ofVariable.length === 0 ? [] : [{ variable, scopes, entry: apiKeyEntry(client, key, ofVariable) }]
  })
  if (entries.some(({ entry, scopes }) => typeof parseApiKeys(entry, scopes) === 'string')) return { code: 2, out: '', err: wrongName }
  const lines = entries.map(({ variable, entry }) => `entry, for ${variable} (separate entries by commas):\n  ${entry}\n`)
  return { code: 0, out: `key, for the client, shown this once:\n  ${key}\n${lines.join('')}`, err: '' }
}
