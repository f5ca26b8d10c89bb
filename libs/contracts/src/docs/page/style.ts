/** Colours of services, in the order of `services`: for light and for dark pages, each readable on it. */
const palette = [
  ['#0b66c3', '#6cb6ff'],
  ['#b3261e', '#ff938a'],
  ['#7a3fb8', '#cfa5ff'],
  ['#8a5a00', '#e3b341'],
  ['#1a7f37', '#57d364'],
  ['#0f766e', '#4fd1c5'],
  ['#a0206f', '#f78fc9'],
  ['#5b6472', '#aab4c2'],
  ['#b34a00', '#ffa657'],
] as const

const colours = (scheme: 0 | 1): string => palette.map((pair, i) => `--s${i}:${pair[scheme]}`).join(';')

/** The page's style: readable on a phone and on a desk, by day and by night, and on paper. */
export const style = `
:root{color-scheme:light dark;--page:#fff;--text:#1c2128;--quiet:#59636e;--line:#d5dae0;--soft:#f5f7f9;--link:#0b5cad;--direct:#a11b14;--pseudonymous:#6b3aa0;--quasi:#7a4d00;${colours(0)}}
@media(prefers-color-scheme:dark){:root{--page:#11151a;--text:#e3e8ee;--quiet:#a2acb8;--line:#333c47;--soft:#1a2027;--link:#79b8ff;--direct:#ff938a;--pseudonymous:#cfa5ff;--quasi:#e3b341;${colours(1)}}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer{max-width:66rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.4rem;margin:2.75rem 0 .75rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
h3{font-size:1.15rem;margin:0;overflow-wrap:anywhere}
h4{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{overflow-wrap:anywhere}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.3rem .6rem}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0;margin:1rem 0 0}
.scroll{overflow-x:auto}
.diagram{display:block;min-width:35rem;max-width:52rem;width:100%;height:auto;font-size:12px;margin:0 auto}
.diagram text{text-anchor:middle;fill:var(--text)}
.diagram a{text-decoration:none}
.heads text{fill:var(--quiet);font-size:11px;letter-spacing:.04em}
.edges path{fill:none;stroke-width:1.7;opacity:.75}
.edges .follows{stroke-dasharray:4 3}
.pill rect{fill:var(--page);stroke-width:1.7}
.box rect{fill:var(--soft);stroke:var(--line)}
.box text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11.5px}
.diagram a:hover rect,.diagram a:focus rect{fill:var(--line)}
${palette.map((_, i) => `.diagram .s${i},.diagram .s${i} rect{stroke:var(--s${i})}.diagram .s${i} text{stroke:none;fill:var(--s${i})}`).join('\n')}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
td:last-child,th:last-child{padding-right:0}
.index small,.quiet{color:var(--quiet)}
.index small{display:block;font-size:.875rem;font-weight:400;max-width:34rem}
.index td,.index th{font-size:.95rem}
article{border:1px solid var(--line);border-radius:.5rem;padding:1.1rem 1.1rem 1.2rem;margin:1.1rem 0}
article:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.facts{display:grid;grid-template-columns:9rem 1fr;gap:.3rem 1rem;margin:1rem 0 0}
.facts dt{color:var(--quiet)}.facts dd{margin:0;overflow-wrap:anywhere}
.fields{margin:0;border-top:1px solid var(--line)}
.field{display:grid;grid-template-columns:17rem 1fr;gap:0 1.25rem;padding:.55rem 0;border-bottom:1px solid var(--line)}
.field dt{overflow-wrap:anywhere;padding-left:calc(var(--depth,0)*.9rem)}.field dd{margin:0}
.field dt code{font-weight:600}
.field dt span{display:block;color:var(--quiet);font-size:.875rem}
.d1{--depth:1}.d2{--depth:2}.d3{--depth:3}
.pii{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .5rem;font-size:.78rem;line-height:1.35rem;font-weight:400;white-space:nowrap}
.direct{color:var(--direct)}.pseudonymous{color:var(--pseudonymous)}.quasi{color:var(--quasi)}
.service{white-space:nowrap}
pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.75rem .9rem;overflow:auto;margin:.4rem 0 0;max-height:26rem}
details{margin-top:1rem}summary{cursor:pointer;font-weight:600}
.versions{margin:.3rem 0 0;padding-left:1.2rem}.versions li{margin:.25rem 0}
footer{padding:2rem 1rem 3rem;color:var(--quiet);font-size:.9rem}
@media(max-width:44rem){
h1{font-size:1.6rem}
.field{grid-template-columns:1fr;gap:.15rem 0}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin:0 0 .5rem}
.index thead{position:absolute;left:-99rem}
.index tr{display:block;padding:.6rem 0;border-bottom:1px solid var(--line)}
.index td,.index th{display:block;border:0;padding:.1rem 0}
.index td::before{content:attr(data-label) ": ";color:var(--quiet)}
article{padding:.9rem .8rem 1rem;margin-left:-.25rem;margin-right:-.25rem}
}
@media print{details>*{display:block}pre{max-height:none;white-space:pre-wrap}article{break-inside:avoid-page}.skip,nav{display:none}}
`
