import type { Place } from '@swipestream/contracts'

/**
 * Mean radius of the Earth, R1 = (2a + b) / 3 of the GRS 80 ellipsoid, in km (IUGG 1980; H. Moritz, "Geodetic
 * Reference System 1980", Journal of Geodesy 74, 2000). A sphere of this radius is at most 0.6 % off the ellipsoid.
 */
export const EARTH_MEAN_RADIUS_KM = 6371.0088

/** Half the circumference of that sphere, in km: no two places are farther apart. */
export const MAX_DISTANCE_KM = Math.PI * EARTH_MEAN_RADIUS_KM

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Whether a place is one: both coordinates are numbers of degrees within WGS 84's range. */
export function isOnEarth({ latitude, longitude }: Place): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
}

/**
 * Great-circle distance of two places in km, by the haversine formula (R. W. Sinnott, "Virtues of the Haversine",
 * Sky & Telescope 68, 1984), which keeps its precision for places close to each other.
 *
 * @throws RangeError for a place that is not on Earth: a distance nobody can trust must not pass as a small one.
 */
export function distanceKm(from: Place, to: Place): number {
  for (const place of [from, to]) {
    if (!isOnEarth(place)) throw new RangeError('a place is outside latitude -90 to 90, longitude -180 to 180')
  }
  const northing = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2
  const easting = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2
  const haversine = northing + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * easting
  // Rounding can lift the haversine of antipodes a hair above 1, where asin is not defined.
  return 2 * EARTH_MEAN_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, haversine)))
}
