/**
 * Telephone number that regulators keep free for films and books: nobody is called by it. E.164.
 *
 * - DE: 030 23125 000 to 999 (Bundesnetzagentur)
 * - FR: 06 39 98 00 00 to 99 99 (Arcep)
 * - GB: 07700 900000 to 900999 (Ofcom)
 * - elsewhere +1, any area code, 555-0100 to 555-0199 (NANPA): 14,300 numbers
 *
 * Numbers of one range differ until it is used up, then they repeat.
 *
 * @param index whole number from 0
 */
export function fictionalPhone(country: string, index: number): string {
  switch (phoneRangeOf(country)) {
    case 'DE': return `+493023125${pad(index % 1000, 3)}`
    case 'FR': return `+3363998${pad(index % 10_000, 4)}`
    case 'GB': return `+447700900${pad(index % 1000, 3)}`
    case '+1': return `+1${AREA_CODES[Math.floor(index / 100) % AREA_CODES.length]}55501${pad(index % 100, 2)}`
  }
}

/** The range that a country's fictional numbers are of: countries of one range must not share an index. */
export function phoneRangeOf(country: string): 'DE' | 'FR' | 'GB' | '+1' {
  return country === 'DE' || country === 'FR' || country === 'GB' ? country : '+1'
}

/** Area codes in service: 201 to 219, 301 to 319 and so on, without 211 to 911 (services) and 710 (government). */
const AREA_CODES = [2, 3, 4, 5, 6, 7, 8, 9]
  .flatMap((hundreds) => Array.from({ length: 19 }, (_, i) => hundreds * 100 + i + 1))
  .filter((code) => code % 100 !== 11 && code !== 710)

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** Domains that never receive mail (RFC 2606). */
const DOMAINS = ['example.com', 'example.org', 'example.net'] as const

/**
 * E-mail address in an example domain (RFC 2606), in plain ASCII. The number keeps people of one name apart.
 *
 * @param index whole number from 0
 */
export function exampleEmail(givenName: string, familyName: string, index: number): string {
  const local = `${givenName}.${familyName}`.normalize('NFD').toLowerCase().replaceAll(/[^a-z.]/g, '')
  return `${local}.${index}@${DOMAINS[index % DOMAINS.length]}`
}

export const GIVEN_NAMES: readonly string[] = [
  'Aisha', 'Alejandro', 'Amara', 'Anna', 'Beatriz', 'Björn', 'Camille', 'Chen', 'Daniel', 'Elif', 'Emeka', 'Emily',
  'Fatima', 'Felix', 'Giulia', 'Hana', 'Hugo', 'Ines', 'Ingrid', 'Jamal', 'Jürgen', 'Kenji', 'Lena', 'Liam', 'Lucía',
  'Marta', 'Mateo', 'Mei', 'Mohammed', 'Nadia', 'Noah', 'Olivia', 'Omar', 'Paula', 'Priya', 'Rafael', 'Sakura', 'Samuel',
  'Sofia', 'Thomas', 'Valentina', 'Wei', 'Yara', 'Yusuf', 'Zoë',
]

export const FAMILY_NAMES: readonly string[] = [
  'Abdi', 'Andersson', 'Becker', 'Bianchi', 'Brown', 'Castillo', 'Costa', 'Demir', 'Dubois', 'Fernández', 'Fischer', 'García',
  'Haddad', 'Hansen', 'Hoffmann', 'Ibrahim', 'Jansen', 'Johnson', 'Kaya', 'Khan', 'Kim', 'Kowalski', 'Lambert', 'Lee',
  'Martin', 'Meyer', 'Moreau', 'Müller', 'Nakamura', 'Ndlovu', 'Novak', 'Okafor', 'Oliveira', 'Patel', 'Petit', 'Rossi',
  'Sato', 'Schmidt', 'Silva', 'Singh', 'Smith', 'Tanaka', 'Taylor', 'Wagner', 'Williams', 'Zhang',
]
