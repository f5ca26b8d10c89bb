/** What the texts are injected by: `Texts`. */
export const TEXTS = Symbol('texts')
