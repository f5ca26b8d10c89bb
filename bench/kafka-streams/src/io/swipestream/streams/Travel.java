package io.swipestream.streams;

/** Distances and journeys, as fraud-service's geo.ts and travel.ts measure them. */
final class Travel {
    /** A nearer place is the same place. */
    static final double SAME_PLACE_KM = 50;
    static final double MAX_SPEED_KMH = 1000;

    private static final double EARTH_MEAN_RADIUS_KM = 6371.0088;
    private static final double SHORTEST_ELAPSED_S = 1;

    private Travel() {}

    static boolean isOnEarth(double latitude, double longitude) {
        return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    }

    /** Great-circle distance by the haversine formula. */
    static double distanceKm(double fromLatitude, double fromLongitude, double toLatitude, double toLongitude) {
        double north = Math.sin(radians(toLatitude - fromLatitude) / 2);
        double east = Math.sin(radians(toLongitude - fromLongitude) / 2);
        double haversine = north * north + Math.cos(radians(fromLatitude)) * Math.cos(radians(toLatitude)) * (east * east);
        return 2 * EARTH_MEAN_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, haversine)));
    }

    /** By the time between two events, in whichever order they happened. */
    static double speedKmh(double distanceKm, long fromAt, long toAt) {
        double elapsedS = Math.max(Math.abs(toAt - fromAt) / 1000.0, SHORTEST_ELAPSED_S);
        return distanceKm / (elapsedS / 3600);
    }

    static boolean isPossible(double distanceKm, double speedKmh) {
        return distanceKm < SAME_PLACE_KM || speedKmh <= MAX_SPEED_KMH;
    }

    private static double radians(double degrees) {
        return degrees * Math.PI / 180;
    }
}
