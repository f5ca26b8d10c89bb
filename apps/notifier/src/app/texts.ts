/** What the texts are injected by: `Texts` and `Languages`. */
export const TEXTS = Symbol('texts')
