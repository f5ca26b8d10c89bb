import { likeness } from './text.js'

/** Assigned codes of ISO 3166-1, each alpha-2 and the last letters of how alpha-3 writes it. */
const alpha3ByAlpha2 = new Map(Array.from(
  ('ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI ' +
    'BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN ' +
    'COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK ' +
    'FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD ' +
    'HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA ' +
    'KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD ' +
    'MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL ' +
    'NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA ' +
    'SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF ' +
    'TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR ' +
    'VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE').split(' '),
  (pair) => [pair.slice(0, 2), pair.slice(2)] as const,
))

/** Languages whose names of countries are understood: those that the bank's customers write. */
const languages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'sv', 'pt', 'tr', 'ja', 'ko']

/** What people write and no list has. */
const alsoKnownAs = { 'Great Britain': 'GB', England: 'GB', Scotland: 'GB', Wales: 'GB', 'Northern Ireland': 'GB', Holland: 'NL', 'Czech Republic': 'CZ', 'United States of America': 'US', Turkey: 'TR' }

/** Codes in capitals, and `UK`, which ISO 3166 keeps for the United Kingdom. */
const byCode = new Map<string, string>([['UK', 'GB']])
/** Names by their likeness; a name that two countries have is in neither's favour: null. */
const byName = new Map<string, string | null>()

function addName(name: string, code: string): void {
  const key = likeness(name)
  const known = byName.get(key)
  byName.set(key, known === undefined || known === code ? code : null)
}

for (const [alpha2, alpha3] of alpha3ByAlpha2) byCode.set(alpha2, alpha2).set(alpha3, alpha2)
for (const language of languages) {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
  for (const alpha2 of alpha3ByAlpha2.keys()) {
    const name = names.of(alpha2)
    if (name !== undefined) addName(name, alpha2)
  }
}
for (const [name, code] of Object.entries(alsoKnownAs)) addName(name, code)

/** Every assigned ISO 3166-1 alpha-2 code. */
export const countries: readonly string[] = [...alpha3ByAlpha2.keys()]

/**
 * The country that is meant by `DE`, `de`, `DEU`, `Germany`, `Deutschland`, as ISO 3166-1 alpha-2; undefined for what is
 * no country, or several. Case, accents and punctuation do not count in a name; a code is letters, with dots at most:
 * `N/A` is not Namibia.
 */
export function countryOf(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  if (/^(?:[A-Z]{2,3}|(?:[A-Z]\.){2,3})$/.test(code)) return byCode.get(code.replaceAll('.', ''))
  return byName.get(likeness(text)) ?? undefined
}
