import type { Random } from '../generator/random.js'

/** ISO 3166-1 alpha-3 of the countries that the world's cities are in. */
const alpha3 = new Map(Object.entries({
  AE: 'ARE', AT: 'AUT', AU: 'AUS', BE: 'BEL', BR: 'BRA', CA: 'CAN', CH: 'CHE', DE: 'DEU', ES: 'ESP', FR: 'FRA', GB: 'GBR', HK: 'HKG', IN: 'IND', IT: 'ITA', JP: 'JPN', KR: 'KOR', MX: 'MEX',
  NL: 'NLD', PL: 'POL', PT: 'PRT', SE: 'SWE', SG: 'SGP', TR: 'TUR', US: 'USA', ZA: 'ZAF',
}))

const nameIn = (language: string, country: string): string => new Intl.DisplayNames(language, { type: 'region' }).of(country) ?? country

/** A country as somebody has typed it. @param language of the customer, BCP 47 */
export function countrySpelled(country: string, language: string, random: Random): string {
  const english = nameIn('en', country)
  return random.pick([country, country, country.toLowerCase(), `${country} `, alpha3.get(country) ?? country, english, english.toUpperCase(), nameIn(language, country)])
}

/** A telephone number as somebody has typed it who lives in the country. @param phone E.164 */
export function phoneSpelled(phone: string, country: string, random: Random): string {
  const abroad = [phone, phone, `${phone} `]
  if (phone.startsWith('+4930') && country === 'DE') {
    const line = phone.slice(5)
    abroad.push(`030 ${line}`, `030/${line.slice(0, 5)}-${line.slice(5)}`, `tel. 030 ${line}`, `+49 (0)30-${line}`, `0049 30 ${line}`)
  } else if (phone.startsWith('+336') && country === 'FR') {
    const pairs = `06 ${(phone.slice(4).match(/../g) ?? []).join(' ')}`
    abroad.push(pairs, pairs.replaceAll(' ', '.'), `+33 (0)${pairs.slice(1)}`, `0033 ${pairs.slice(1)}`)
  } else if (phone.startsWith('+447') && country === 'GB') {
    const [head, tail] = [phone.slice(3, 7), phone.slice(7)]
    abroad.push(`0${head} ${tail}`, `+44 (0)${head} ${tail}`, `0044 ${head}-${tail}`, `Mobile: 0${head} ${tail}`)
  } else if (phone.startsWith('+1')) {
    const [area, exchange, line] = [phone.slice(2, 5), phone.slice(5, 8), phone.slice(8)]
    abroad.push(`+1 ${area} ${exchange} ${line}`, `+1-${area}-${exchange}-${line}`, `+1 (${area}) ${exchange}-${line}`)
    if (country === 'US' || country === 'CA') abroad.push(`(${area}) ${exchange}-${line}`, `${area}.${exchange}.${line}`)
  }
  return random.pick(abroad)
}

/** A name with what forms and imports leave around it. Its case is its owner's, and stays. */
export function nameSpelled(name: string, random: Random): string {
  return random.pick([name, name, name, ` ${name}`, `${name}  `, `${name}\u00a0`, name.normalize('NFD'), name.replaceAll(' ', '  ')])
}

/** An e-mail address, its domain in any case. */
export function emailSpelled(email: string, random: Random): string {
  const [local, domain] = email.split('@') as [string, string]
  return random.pick([email, email, ` ${email}`, `${email} `, `${local}@${domain.toUpperCase()}`, `${local}@${domain.charAt(0).toUpperCase()}${domain.slice(1)}`, `<${email}>`])
}

/** A language tag in the ways of operating systems and forms. */
export function languageSpelled(language: string, random: Random): string {
  return random.pick([language, language, language.toLowerCase(), language.toUpperCase(), language.replace('-', '_'), ` ${language}`])
}

/** A time zone by its name, in lower case only where that leaves no doubt which of two names is meant. */
export function timeZoneSpelled(zone: string, random: Random): string {
  return random.pick([zone, zone, `${zone} `, zone.replaceAll('_', ' '), zone.startsWith('Europe/') ? zone.toLowerCase() : zone])
}
