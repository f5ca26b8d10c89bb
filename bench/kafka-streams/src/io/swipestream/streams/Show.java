package io.swipestream.streams;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers in reason texts, as fraud-service shows them. */
final class Show {
    private Show() {}

    /** With grouping, and exactly so many decimals; halves are rounded up, as Intl.NumberFormat does. */
    static String number(double value, int decimals) {
        return grouped(new BigDecimal(Double.toString(value)).setScale(decimals, RoundingMode.HALF_UP));
    }

    /** Such as `EUR 1,499.00` or `JPY 1,499`. @param amount in the currency's own unit */
    static String money(double amount, Currency currency) {
        return currency.code + " " + grouped(BigDecimal.valueOf(Math.round(amount * Math.pow(10, currency.digits)), currency.digits));
    }

    static String euros(double amount) {
        return "EUR " + grouped(BigDecimal.valueOf(Math.round(amount * 100), 2));
    }

    /** By its two greatest units: `45 s`, `29 min`, `2 h 5 min`, `3 d 4 h`. */
    static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) return s + " s";
        long min = Math.round(s / 60.0);
        if (min < 60) return min + " min";
        long h = min / 60;
        if (h < 24) return min % 60 == 0 ? h + " h" : h + " h " + min % 60 + " min";
        return h % 24 == 0 ? h / 24 + " d" : h / 24 + " d " + h % 24 + " h";
    }

    private static String grouped(BigDecimal value) {
        String plain = value.toPlainString();
        int point = plain.indexOf('.');
        StringBuilder text = new StringBuilder(plain);
        int first = plain.startsWith("-") ? 1 : 0;
        for (int i = (point < 0 ? plain.length() : point) - 3; i > first; i -= 3) text.insert(i, ',');
        return text.toString();
    }
}
