import { describe, expect, test } from 'vitest'
import { readPhone } from './read-phone.js'

describe('a telephone number', () => {
  test.each([
    '0170 1234567', '+49 (0)170-1234567', '+49 (0) 170 1234567', 'tel. 0170/1234567', 'Handy: 0170 1234567', '0049 170 1234567', '+491701234567', '(0170) 1234567', ' 0170-12 34 567 ', '＋49 170 1234567', '０１７０ １２３４５６７',
  ])('is read from %j of Germany', (text) => {
    expect(readPhone(text, 'DE')).toBe('+491701234567')
  })

  test.each([['030 23125001', 'DE', '+493023125001'], ['07700 900123', 'GB', '+447700900123'], ['06 39 98 00 01', 'FR', '+33639980001'], ['+1 404 555 0100', 'JP', '+14045550100'], ['(404) 555-0100', 'US', '+14045550100']])(
    'may be one that no list has, or of a fixed line: %s of %s', (text, country, number) => {
      expect(readPhone(text, country)).toBe(number)
    },
  )

  test.each([
    ['is too short', '12345', 'DE'], ['is too long', '0170 1234567 8901234', 'DE'], ['has no country', '0170 1234567', undefined], ['has a country that no network is in', '0170 1234567', 'AQ'],
    ['are two', '0170 1234567, 0171 7654321', 'DE'], ['has a remark behind it', '0170 1234567 (evenings)', 'DE'], ['has an extension', '030 23125001 ext. 4', 'DE'],
    ['is toll-free', '0800 1234567', 'DE'], ['is dear', '+44 909 8790000', 'GB'], ['is no number', 'ask me', 'DE'], ['is empty', '', 'DE'],
  ])('that %s is none', (_, text, country) => {
    expect(readPhone(text, country)).toBeUndefined()
  })
})
