// SPDX-License-Identifier: Apache-2.0

/// The style sheet of the pages.
///
/// A table becomes one block for each row on a narrow screen. A severity has a text as well as a colour. Text without spaces may
/// break anywhere, so that nothing is wider than the screen.
enum PageStyle {
    static let sheet = """
        :root{color-scheme:light dark;--ink:#1b2430;--soft:#556274;--line:#dce3ea;--field:#8090a3;--paper:#f5f7fa;--card:#fff;
        --link:#0b57a4;--top:#b23a18;--critical:#a8231b;--warning:#734d00;--good:#17652e;--neutral-back:#e8edf3;
        --critical-back:#fbe3e1;--warning-back:#fff0c7;--good-back:#dcf3e2;--bar:#5b7fa6;--failure:#c4342a}
        @media(prefers-color-scheme:dark){:root{--ink:#e4eaf1;--soft:#a4b1c2;--line:#2b3643;--field:#6f8094;--paper:#10151b;
        --card:#18202a;--link:#8dbdff;--top:#8c2d12;--critical:#ffa69f;--warning:#ffd27a;--good:#86dc9d;--neutral-back:#273240;
        --critical-back:#4b1f1c;--warning-back:#43340f;--good-back:#173a25;--bar:#6d98c8;--failure:#ff7d73}}
        *{box-sizing:border-box}
        body{margin:0;font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
        a{color:var(--link)}a:hover{text-decoration-thickness:2px}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2rem}
        main:focus{outline:none}
        .skip{position:absolute;left:.5rem;top:-4rem;z-index:1;padding:.4rem .8rem;background:var(--card)}.skip:focus{top:.5rem}
        .hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        header{background:var(--top);color:#fff;padding:.7rem 1.2rem;display:flex;flex-wrap:wrap;gap:.3rem 2rem;align-items:baseline;
        justify-content:space-between}
        header h1,.brand{font-size:1.15rem;font-weight:700;margin:0}header a{color:#fff;margin-right:.8rem}
        header .brand a{text-decoration:none}header :focus-visible{outline-color:#fff}
        header small{color:inherit}
        main{max-width:76rem;margin:0 auto;padding:1rem}
        h1{font-size:1.5rem;line-height:1.2;margin:.2rem 0}h2{font-size:1.05rem;margin:0 0 .5rem}
        p{margin:.4rem 0}small,code,.age{color:var(--soft);font-size:.8rem}code{font-family:ui-monospace,monospace}
        .tiles,.chips,.segments,.plain{list-style:none;margin:0;padding:0}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.6rem}
        .tiles a{display:block;height:100%;background:var(--card);border:1px solid var(--line);border-radius:.5rem;
        padding:.5rem .8rem;color:var(--soft);text-decoration:none}
        .tiles a:hover{border-color:var(--field)}.tiles [aria-current]{border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
        .tiles b{display:block;font-size:1.7rem;line-height:1.1;color:var(--ink)}
        .critical b{color:var(--critical)}.warning b{color:var(--warning)}.good b{color:var(--good)}
        .account{color:var(--soft)}
        form{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin:1rem 0 .4rem}
        .field{display:flex;flex-direction:column;flex:1 1 9rem;min-width:0;color:var(--soft);font-size:.82rem}.field.wide{flex-grow:3}
        input,select,button{font:inherit;font-size:1rem;color:var(--ink);background:var(--card);border:1px solid var(--field);
        border-radius:.35rem;padding:.35rem .55rem;min-height:2.5rem;width:100%}
        input::placeholder{color:var(--soft);opacity:1}
        button,.button{width:auto;cursor:pointer;background:var(--neutral-back);padding:.35rem 1rem}
        .button{color:var(--link);border:1px solid var(--line);border-radius:.35rem;min-height:2.5rem;display:inline-flex;align-items:center;
        background:none}
        #status{min-height:1.4em;margin:.4rem 0;color:var(--soft)}#status[data-failed]{color:var(--critical);font-weight:600}
        .error{color:var(--critical);font-weight:600}
        table{width:100%;border-collapse:collapse;background:var(--card)}
        .list{border:1px solid var(--line)}
        th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-bottom:1px solid var(--line);font-weight:400}
        thead th{color:var(--soft);font-weight:600;font-size:.85rem;white-space:nowrap}
        .number{text-align:right;font-variant-numeric:tabular-nums}time{font-variant-numeric:tabular-nums;white-space:nowrap}
        .badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;background:var(--neutral-back);color:var(--ink);
        font-size:.82rem}
        .badge.critical{background:var(--critical-back);color:var(--critical);font-weight:600}
        .badge.warning{background:var(--warning-back);color:var(--warning);font-weight:600}
        .badge.good{background:var(--good-back);color:var(--good)}
        details{margin-top:1rem;background:var(--card);border:1px solid var(--line);padding:.6rem .8rem}
        summary{cursor:pointer;color:var(--good);font-weight:600}
        .names{list-style:none;margin:.6rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));
        gap:.15rem 1rem}
        .names a{display:inline-block;padding:.1rem 0}
        .cards{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem;margin:1rem 0}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:1rem 0;min-width:0}
        .cards .card{margin:0}
        .card .list{border:0}.state th{white-space:nowrap;overflow-wrap:normal;width:1%;color:var(--soft)}
        .card tr:last-child>*{border-bottom:0}.card table{font-size:.93rem}.card th,.card td{padding:.35rem .8rem .35rem 0}
        dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0}
        .chips{display:flex;flex-wrap:wrap;gap:.35rem;margin:.5rem 0}
        .chips a{display:inline-block;padding:.15rem .6rem;border:1px solid var(--line);border-radius:1rem;text-decoration:none;
        font-size:.85rem;background:var(--card);color:var(--ink)}
        .chips a:hover{border-color:var(--field)}.chips [aria-current]{border-color:var(--link);box-shadow:inset 0 0 0 1px var(--link)}
        .chips .failure{color:var(--critical)}.chips b{font-variant-numeric:tabular-nums}
        figure{margin:.8rem 0}figcaption{color:var(--soft);font-size:.85rem;margin-bottom:.3rem}
        .chart{display:block;width:100%;height:9rem;background:var(--card);border-bottom:1px solid var(--line)}
        .chart .bar{fill:var(--bar)}.chart .fail{fill:var(--failure)}.chart line{stroke:var(--line);vector-effect:non-scaling-stroke}
        .chart .zero{stroke:var(--soft)}
        .age{white-space:nowrap}
        .segments{display:flex}.segments li{flex:1 1 0;min-width:0;border-left:1px solid var(--line);padding:.15rem .3rem;font-size:.8rem;
        line-height:1.25}
        .segments a,.segments b,.segments .failed{display:block;overflow-wrap:normal;white-space:nowrap}.segments b{font-weight:400}
        .failed{color:var(--critical)}#clear:empty{display:none}
        .pages{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}
        @media(min-width:44.01rem){.fleet th:first-child{min-width:18.5rem}.fleet td:last-child{white-space:nowrap}}
        @media(max-width:44rem){main{padding:.6rem}.tiles{grid-template-columns:1fr 1fr}.cards{grid-template-columns:minmax(0,1fr)}
        .list thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .list,.list tbody,.list tr,.list td,.list th{display:block}.list tr{padding:.4rem 0;border-bottom:1px solid var(--line)}
        .list td,.list tbody th{border:0;padding:.15rem .7rem}.list td:empty{display:none}
        .list td[data-name]::before{content:attr(data-name) ": ";color:var(--soft);font-size:.85rem}
        .number{text-align:left}.segments li{padding:.15rem .1rem;font-size:.68rem}.segments .long{display:none}
        .field.wide{flex-basis:100%}.state,.state tbody,.state tr,.state th,.state td{display:block}.state tbody th{width:auto}
        .state th{border:0;padding-bottom:0}.events tr{display:flex;flex-wrap:wrap;gap:0 .6rem}.events td:first-child{color:var(--soft)}
        .events td,.card .list td,.card .list tbody th{padding:.05rem 0}
        .names li{padding:.2rem 0}}
        @media(prefers-reduced-motion:no-preference){.tiles a,.chips a{transition:border-color .15s}}
        @media print{form,.skip,header nav,.pages,.segments a{display:none}}

        """
}
