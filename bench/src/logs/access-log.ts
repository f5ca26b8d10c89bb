import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** A log in a file. */
export interface AccessLog {
  readonly path: string
  readonly lines: number
  readonly bytes: number
  /** Of its lines without their ends, in any order: see {@link Checksum}. */
  readonly checksum: number
}

/** Of many texts, the same in whatever order they come; one that lacks or is doubled changes it. */
export class Checksum {
  #sum = 0

  add(text: Buffer): void {
    this.#sum = (this.#sum + crc32(text)) % 2 ** 48
  }

  get value(): number {
    return this.#sum
  }
}

const chunkLines = 10_000
const beganMs = Date.UTC(2026, 10, 29, 6)
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.17.0',
  '-',
]
const places = ['', 'cart', 'cards/overview', 'transactions/recent', 'images/products/large', 'assets/js/vendor', 'account/settings/notifications', 'help/questions/how-do-i-block-a-card']
const files = ['index.html', 'app.css', 'main.4f2a9c.js', 'photo.jpg', 'list', 'logo.svg', 'search', 'feed.xml']
const queries = ['', '', '', '', '', '?page=2&sort=price', '?q=running+shoes&size=43', '?utm_source=newsletter&utm_medium=email&utm_campaign=autumn']
/** What is to be replaced before it leaves the machine: in one line of fifty. */
const secrets = ['?token=5b1f0c9a7e', '?email=jane.doe%40example.org', '?card=4111111111111111', '?session=8a7b6c5d&page=1']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A line of an access log in combined format, the same for the same number. */
export function lineAt(n: number): string {
  // Each call gives another number that looks random: the finaliser of MurmurHash3.
  let state = n
  const below = (count: number): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) % count
  }
  const of = (texts: readonly string[]): string => texts[below(texts.length)] as string
  const client = `${1 + below(222)}.${below(256)}.${below(256)}.${1 + below(254)}`
  const status = of(['200', '200', '200', '200', '200', '200', '304', '302', '404', '500'])
  const target = `/${of(places)}/${of(files)}${below(50) === 0 ? of(secrets) : of(queries)}`
  const referrer = below(3) === 0 ? '-' : `https://shop.example/${of(places)}/${below(100_000)}`
  return `${client} - - [${timeAt(beganMs + n * 7)}] "${below(12) === 0 ? 'POST' : 'GET'} ${target} HTTP/1.1" ${status} ${below(250_000)} "${referrer}" "${of(agents)}"`
}

function timeAt(ms: number): string {
  const iso = new Date(ms).toISOString()
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

/** Writes a log of so many lines: some 220 bytes each. */
export function writeAccessLog(path: string, lines: number): AccessLog {
  const file = openSync(path, 'w')
  const checksum = new Checksum()
  let bytes = 0
  try {
    for (let from = 0; from < lines; from += chunkLines) {
      const texts = Array.from({ length: Math.min(chunkLines, lines - from) }, (_, i) => lineAt(from + i))
      for (const text of texts) checksum.add(Buffer.from(text))
      bytes += writeSync(file, `${texts.join('\n')}\n`)
    }
  } finally {
    closeSync(file)
  }
  return { path, lines, bytes, checksum: checksum.value }
}
