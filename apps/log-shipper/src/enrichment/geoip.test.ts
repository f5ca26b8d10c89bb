import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { geoip } from './geoip.js'
import { mmdb } from './mmdb.fixture.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swipestream-geoip-'))
  const names = (en: string) => ({ names: { en } })
  const city = mmdb('GeoLite2-City', {
    continent: names('Europe'),
    country: { iso_code: 'SE', ...names('Sweden') },
    subdivisions: [{ iso_code: 'E', ...names('Östergötland') }],
    city: names('Linköping'),
    location: { latitude: 58.4167, longitude: 15.6167 },
  })
  await writeFile(join(folder, 'city.mmdb'), city)
  await writeFile(join(folder, 'asn.mmdb'), mmdb('GeoLite2-ASN', { autonomous_system_number: 64_496, autonomous_system_organization: 'Example AB' }))
  await writeFile(join(folder, 'broken.mmdb'), 'no database')
})
afterAll(() => rm(folder, { recursive: true }))

describe('an address', () => {
  test('is located by every database that knows it, in the names of Elasticsearch', async () => {
    const locate = await geoip([join(folder, 'city.mmdb'), join(folder, 'asn.mmdb')])
    expect(locate('203.0.113.5')).toEqual({
      geo: {
        continent_name: 'Europe',
        country_iso_code: 'SE',
        country_name: 'Sweden',
        region_iso_code: 'SE-E',
        region_name: 'Östergötland',
        city_name: 'Linköping',
        location: { lat: 58.4167, lon: 15.6167 },
      },
      as: { number: 64_496, organization: { name: 'Example AB' } },
    })
  })

  test('that no database knows is nowhere', async () => {
    expect((await geoip([join(folder, 'city.mmdb')]))('10.0.0.1')).toBeUndefined()
  })
})

test.each(['broken.mmdb', 'missing.mmdb'])('%s is refused by its name', async (name) => {
  await expect(geoip([join(folder, name)])).rejects.toMatchObject({ code: 'LOG_GEOIP_UNREADABLE', kind: 'fatal', message: expect.stringContaining(name) as unknown })
})
