import { describe, expect, it } from 'vitest'
import { parseVersionedKeys } from './versioned-keys.js'

const first = '1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const second = '2://///////////////////////////////////////////////////w=='

describe('versioned keys', () => {
  it('are read, and the highest version is the newest, wherever it stands', () => {
    expect(parseVersionedKeys(`${second}, ${first}`)).toMatchObject({ newest: { version: 2 } })
    const keys = parseVersionedKeys(`${first},${second}`)
    if (typeof keys === 'string') throw new Error(keys)
    expect(keys.byVersion.get(1)?.secret.export()).toEqual(Buffer.from([...Array(32).keys()]))
  })

  it.each([
    ['', 'entry 1 is not <version>:<base64>'],
    ['AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'entry 1 is not <version>:<base64>'],
    ['0:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'entry 1 is not <version>:<base64>'],
    [`${first},`, 'entry 2 is not <version>:<base64>'],
    ['1:AAEC', 'the key of version 1 has 3 bytes, at least 32 are needed'],
    ['1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==', 'the key of version 1 has 31 bytes, at least 32 are needed'],
    ['1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=A', 'entry 1 is not <version>:<base64>'],
    ['1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9', 'entry 1 is not base64'],
    [`${first},${first}`, 'version 1 is there twice'],
  ])('are refused: %j', (text, why) => {
    expect(parseVersionedKeys(text)).toBe(why)
  })
})
