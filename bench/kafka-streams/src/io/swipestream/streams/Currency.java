package io.swipestream.streams;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What rules know of a currency. A test of the bench holds the three tables to those that fraud-service uses. */
final class Currency {
    /** Greatest everyday amount, in the currency's own unit: deploy/rules/large_amount.json. */
    private static final Map<String, Double> LIMITS = table("AED=4000 ARS=1500000 AUD=1700 BGN=2000 BRL=6000 CAD=1500 CHF=1000 CLP=1000000 CNY=8000 COP=4500000 "
        + "CZK=25000 DKK=7500 EGP=50000 EUR=1000 GBP=900 HKD=8500 HUF=400000 IDR=18000000 ILS=4000 INR=90000 "
        + "ISK=150000 JPY=160000 KRW=1500000 KWD=300 MXN=20000 MYR=5000 NGN=1500000 NOK=11500 NZD=1800 PEN=4000 "
        + "PHP=60000 PLN=4500 RON=5000 SAR=4000 SEK=11500 SGD=1500 THB=40000 TRY=40000 TWD=35000 UAH=45000 USD=1000 "
        + "VND=27000000 ZAR=20000");
    private static final double DEFAULT_LIMIT = 1000;
    /** Units for one euro: features/reference-amount.ts. */
    private static final Map<String, Double> UNITS_PER_EURO = table("AED=4.2 ALL=98 AMD=440 ARS=1700 AUD=1.8 AZN=2 BAM=2 BDT=140 BGN=2 BHD=0.43 BRL=6.3 CAD=1.6 CHF=0.94 "
        + "CLP=1080 CNY=8.2 COP=4500 CRC=590 CZK=24 DKK=7.5 DOP=74 DZD=150 EGP=55 EUR=1 GBP=0.87 GEL=3.2 GHS=12 "
        + "GTQ=9 HKD=9 HUF=390 IDR=19000 ILS=3.8 INR=100 ISK=145 JOD=0.82 JPY=180 KES=150 KRW=1700 KWD=0.35 KZT=610 "
        + "LKR=350 MAD=11 MDL=20 MKD=62 MUR=53 MXN=21 MYR=4.8 NGN=1700 NOK=12 NZD=2 OMR=0.45 PEN=4 PHP=68 PKR=325 "
        + "PLN=4.2 QAR=4.2 RON=5.1 RSD=117 SAR=4.4 SEK=11 SGD=1.5 THB=37 TND=3.4 TRY=50 TWD=37 TZS=2900 UAH=49 "
        + "UGX=4200 USD=1.2 UYU=46 UZS=14000 VND=30000 XAF=656 XOF=656 ZAR=20");
    /** Decimals, where they are not two: ISO 4217, libs/contracts/src/money.ts. */
    private static final Map<String, Double> DIGITS = table("BIF=0 CLP=0 DJF=0 GNF=0 ISK=0 JPY=0 KMF=0 KRW=0 PYG=0 RWF=0 UGX=0 UYI=0 VND=0 VUV=0 XAF=0 XOF=0 XPF=0 "
        + "BHD=3 IQD=3 JOD=3 KWD=3 LYD=3 OMR=3 TND=3 CLF=4 UYW=4");

    /** The greatest reference amount, in cents: its square in euros is still exact. */
    private static final long MAX_REFERENCE = 9_000_000_000L;
    private static final int LETTERS = 26;
    /** By the three letters, as a number: nothing is hashed and no text is made for a transaction. */
    private static final Currency[] KNOWN = known();

    final String code;
    final int digits;
    final double limit;
    private final double unit;
    /** Reference cents a minor unit; NaN without a rate. */
    private final double factor;

    private Currency(String code) {
        this.code = code;
        digits = DIGITS.getOrDefault(code, 2.0).intValue();
        unit = Math.pow(10, digits);
        limit = LIMITS.getOrDefault(code, DEFAULT_LIMIT);
        factor = UNITS_PER_EURO.containsKey(code) ? 100 / (unit * UNITS_PER_EURO.get(code)) : Double.NaN;
    }

    static Currency of(Text code) {
        int place = code.length == 3 ? placeOf(code.bytes, code.from) : -1;
        Currency known = place < 0 ? null : KNOWN[place];
        return known != null ? known : new Currency(new String(code.bytes, code.from, code.length, StandardCharsets.UTF_8));
    }

    /** An amount of minor units in the currency's own unit. */
    double inUnits(long minor) {
        return minor / unit;
    }

    /** An amount on the scale of all amounts, in cents of a euro, or Recent.NO_AMOUNT without a rate. */
    long reference(long minor) {
        return Double.isNaN(factor) ? Recent.NO_AMOUNT : Math.min(MAX_REFERENCE, Math.round(minor * factor));
    }

    private static int placeOf(byte[] bytes, int from) {
        int place = 0;
        for (int i = from; i < from + 3; i++) {
            int letter = bytes[i] - 'A';
            if (letter < 0 || letter >= LETTERS) return -1;
            place = place * LETTERS + letter;
        }
        return place;
    }

    private static Currency[] known() {
        Currency[] all = new Currency[LETTERS * LETTERS * LETTERS];
        for (Map<String, Double> table : List.of(LIMITS, UNITS_PER_EURO, DIGITS)) {
            for (String code : table.keySet()) all[placeOf(code.getBytes(StandardCharsets.US_ASCII), 0)] = new Currency(code);
        }
        return all;
    }

    private static Map<String, Double> table(String text) {
        Map<String, Double> table = new HashMap<>();
        for (String entry : text.split(" ")) table.put(entry.substring(0, 3), Double.valueOf(entry.substring(4)));
        return table;
    }
}
