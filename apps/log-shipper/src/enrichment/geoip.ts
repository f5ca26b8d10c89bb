import { toError } from '@swipestream/platform'
import { open, type Reader, type Response } from 'maxmind'
import type { EcsEndpoint, EcsGeo } from '../domain/parse/ecs.js'
import { LogError } from '../errors.js'

type Place = Pick<EcsEndpoint, 'geo' | 'as'>

/** What databases of cities, countries and autonomous systems say of an address, as far as it is used. */
interface GeoRecord {
  continent?: { names?: { en?: string } }
  country?: { iso_code?: string; names?: { en?: string } }
  subdivisions?: readonly { iso_code?: string; names?: { en?: string } }[]
  city?: { names?: { en?: string } }
  location?: { latitude?: number; longitude?: number }
  autonomous_system_number?: number
  autonomous_system_organization?: string
}

/**
 * Looks addresses up in databases of MaxMind's format, named as by Elasticsearch's `geoip` processor.
 *
 * @param paths databases of cities or countries, and of autonomous systems; what several know is joined
 * @throws LogError LOG_GEOIP_UNREADABLE
 */
export async function geoip(paths: readonly string[]): Promise<(ip: string) => Place | undefined> {
  const readers = await Promise.all(paths.map(opened))
  return (ip) => {
    let place: Place | undefined
    for (const reader of readers) {
      const found = reader.get(ip)
      if (found !== null) place = { ...place, ...placeOf(found as GeoRecord) }
    }
    return place
  }
}

async function opened(path: string): Promise<Reader<Response>> {
  try {
    return await open<Response>(path)
  } catch (error) {
    throw new LogError('LOG_GEOIP_UNREADABLE', `${path} cannot be read as a GeoIP database (a .mmdb of MaxMind's format): ${toError(error).message}`, { cause: error })
  }
}

function placeOf({ continent, country, subdivisions, city, location, autonomous_system_number: number, autonomous_system_organization: organization }: GeoRecord): Place {
  const region = subdivisions?.[0]
  const geo: EcsGeo = {}
  const set = (name: Exclude<keyof EcsGeo, 'location'>, value: string | undefined) => {
    if (value !== undefined) geo[name] = value
  }
  set('continent_name', continent?.names?.en)
  set('country_iso_code', country?.iso_code)
  set('country_name', country?.names?.en)
  set('region_iso_code', country?.iso_code === undefined || region?.iso_code === undefined ? undefined : `${country.iso_code}-${region.iso_code}`)
  set('region_name', region?.names?.en)
  set('city_name', city?.names?.en)
  if (location?.latitude !== undefined && location.longitude !== undefined) geo.location = { lat: location.latitude, lon: location.longitude }
  return {
    ...(Object.keys(geo).length > 0 && { geo }),
    ...(number !== undefined && { as: { number, ...(organization !== undefined && { organization: { name: organization } }) } }),
  }
}
