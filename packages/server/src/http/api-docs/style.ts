// The one style of the API's pages; colours and sizes are those of the console
// (packages/web/src/app/tokens.css).

export const STYLE = `:root{color-scheme:light dark;--bg:light-dark(#fff,#101216);--side:light-dark(#f7f8fa,#0c0e11);
--tx:light-dark(#12151c,#e7e9ee);--tx2:light-dark(#4d5565,#b4bac6);--line:light-dark(#e4e7ec,#23272f);
--ctl:light-dark(#868e9f,#6b7486);--accent:light-dark(#4650cb,#a6b0fc);--button:light-dark(#4650cb,#5863e0);
--hover:light-dark(#f1f3f6,#1b1f26);--on:light-dark(#e9ecf8,#20242f);--ok:light-dark(#0b6a45,#62d3a2);
--info:light-dark(#2353bd,#8db7ff);--warn:light-dark(#854a00,#f0b65c);--bad:light-dark(#b0241c,#ff9a92)}*{
box-sizing:border-box}html{scroll-padding-top:64px}body{margin:0;background:var(--bg);color:var(--tx);
font:14px/20px 'Inter Variable',Inter,system-ui,sans-serif}a{color:var(--accent);text-decoration:none}
p a,dd>a,a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
main:focus{outline:none}.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:12px;
background:var(--bg);z-index:4}header{display:flex;gap:8px 24px;align-items:center;
justify-content:space-between;min-height:48px;padding:8px 24px;border-bottom:1px solid var(--line);
position:sticky;top:0;background:var(--bg);z-index:3}header p{margin:0}form{display:flex;gap:8px;
align-items:center}form label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
input{font:inherit;width:280px;height:32px;padding:0 10px;border:1px solid var(--ctl);border-radius:6px;
background:var(--bg);color:var(--tx)}input::placeholder{color:var(--tx2);opacity:1}button{font:inherit;
font-weight:550;height:32px;padding:0 12px;border:0;border-radius:6px;background:var(--button);color:#fff;
cursor:pointer}.columns{display:grid;grid-template-columns:232px minmax(0,1fr)}nav{background:var(--side);
border-right:1px solid var(--line)}nav details{position:sticky;top:48px;max-height:calc(100vh - 48px);
overflow:auto;padding:12px 8px}nav summary{padding:4px 8px;font-size:12px;color:var(--tx2);font-weight:500}
nav ul{list-style:none;margin:0;padding:0}nav a{display:flex;justify-content:space-between;gap:8px;
padding:4px 8px;min-height:28px;border-radius:6px;color:var(--tx);font-size:13px}nav a:hover{
background:var(--hover);text-decoration:none}nav a[aria-current]{background:var(--on);font-weight:550}
nav span{color:var(--tx2);font-variant-numeric:tabular-nums;font-weight:400}main{max-width:1000px;
padding:24px 32px 64px}h1{font-size:22px;line-height:28px;letter-spacing:-.017em;font-weight:620;
margin:0 0 8px}h2{font-size:15px;line-height:22px;font-weight:600;margin:32px 0 8px}h3{font-size:13px;
font-weight:600;margin:12px 0 4px}p{max-width:68ch;margin:4px 0 8px}.small{font-size:12px;line-height:16px;
color:var(--tx2)}code{font:12px/18px 'Geist Mono Variable',ui-monospace,monospace;overflow-wrap:break-word}
article{border-top:1px solid var(--line);padding:16px 0 20px}article h2{margin:0 0 4px;display:flex;
gap:10px;align-items:baseline;font-size:13px;line-height:20px}article h2 code{font-size:13px;
line-height:20px}.method{flex:none;font-size:12px;font-weight:600;min-width:52px;color:var(--tx2)}.get{
color:var(--info)}.post{color:var(--ok)}.put,.patch{color:var(--warn)}.delete{color:var(--bad)}.rows{
list-style:none;margin:0;padding:0}.rows a{display:grid;
grid-template-columns:52px minmax(0,5fr) minmax(0,6fr);gap:2px 10px;padding:7px 0;
border-top:1px solid var(--line);color:var(--tx)}.rows a:hover{background:var(--hover);text-decoration:none}
.rows .what{color:var(--tx2);font-size:13px}summary{cursor:pointer}.fields{margin:0;font-size:13px}
.fields>div{display:grid;grid-template-columns:minmax(0,200px) minmax(0,1fr);gap:2px 16px;padding:6px 0;
border-top:1px solid var(--line)}dt{overflow-wrap:break-word}dd{margin:0;color:var(--tx2);
overflow-wrap:anywhere}dd>details>.fields,dd>details>details{margin-left:12px}dd summary{
color:var(--accent);padding:2px 0}dd details details>summary{color:var(--tx2)}.need{color:var(--tx);
font-weight:550}.part>summary{font-size:13px;font-weight:600;padding:6px 0}table{border-collapse:collapse;
width:100%;font-size:13px}th{font-size:12px;font-weight:500;color:var(--tx2)}td,th{text-align:left;
padding:7px 16px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}td:nth-child(2){
font-variant-numeric:tabular-nums}@media(max-width:700px){
header{flex-wrap:wrap;padding:8px 16px;position:static}form{width:100%}input{flex:1;min-width:0;height:40px;
font-size:16px}button{height:40px}.columns{display:block}nav{border-right:0;
border-bottom:1px solid var(--line)}nav details{position:static;max-height:220px}nav a{min-height:40px;
align-items:center}nav summary{min-height:32px}main{padding:16px}h1{font-size:20px;line-height:26px}.rows a{
grid-template-columns:52px minmax(0,1fr);min-height:40px}.rows .what{grid-column:2}.fields>div{
grid-template-columns:minmax(0,1fr)}article h2{flex-wrap:wrap}td code,th{overflow-wrap:anywhere}}`
