import { registerHooks } from 'node:module'

/**
 * Lets plain Node run this package's TypeScript as it stands: `node --import from-source.ts program.ts`.
 * Node strips the types itself; what it lacks is that an import of `./x.js` means `./x.ts` before compilation.
 */
registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.endsWith('.ts') === true && specifier.startsWith('.') && specifier.endsWith('.js')
    return next(ours ? `${specifier.slice(0, -'.js'.length)}.ts` : specifier, context)
  },
})
