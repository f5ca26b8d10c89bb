import { type Language, languageOf, languages } from '../../domain/reply-words.js'

/** The language of ours that a browser likes best (`Accept-Language`, RFC 9110 section 12.5.4); English when it likes none. */
export function acceptedLanguage(header: string | undefined): Language {
  const liked = (header ?? '').split(',').flatMap((entry) => {
    const [, tag = '', quality] = /^\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([\d.]+)\s*)?$/.exec(entry) ?? []
    const known = languages.some((language) => language === tag.toLowerCase())
    return known ? [{ tag, quality: Number(quality ?? 1) }] : []
  })
  // Sorting is stable: of two that are liked the same, the first.
  const [best] = liked.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)
  return languageOf(best?.tag ?? null)
}
