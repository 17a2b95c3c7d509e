namespace Ddpm.Samples;

/// <summary>How the page looks: by day and by night, on a desk and on a phone. The page has no script.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --ground: #ffffff; --panel: #f5f6f8; --ink: #1c2026; --quiet: #5b6470; --line: #d9dde3;
          --one: #1f5fbf; --two: #c2570c; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171b; --panel: #1d2127; --ink: #e7e9ec; --quiet: #9aa4b0; --line: #343a43;
          --one: #7db2ff; --two: #ffa35c; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
          overflow-wrap: anywhere; }
        header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 16px; }
        header { padding-top: 32px; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 8px; }
        h2 { font-size: 1.25rem; margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 24px 0 4px; }
        p { margin: 8px 0; max-width: 72ch; }
        .quiet, figcaption, footer { color: var(--quiet); font-size: .9rem; }
        figcaption { max-width: 72ch; margin-bottom: 8px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; }
        .figures div { background: var(--panel); border-radius: 8px; padding: 12px 16px; }
        .figures dt { color: var(--quiet); font-size: .85rem; line-height: 1.3; }
        .figures dd { margin: 4px 0 0; font-size: 1.45rem; font-variant-numeric: tabular-nums; }
        .figures small { display: block; font-size: .8rem; color: var(--quiet); }
        .scroll { overflow-x: auto; margin: 12px 0; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); }
        thead th { color: var(--quiet); font-weight: 600; font-size: .85rem; white-space: nowrap; }
        tbody th { font-weight: 600; }
        td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .measures { min-width: 760px; }
        .measures tbody th { min-width: 11rem; }
        .measures td:last-child { min-width: 260px; color: var(--quiet); font-size: .9rem; }
        .facts th { width: 9rem; min-width: 7rem; color: var(--quiet); font-weight: 400; }
        figure { margin: 16px 0; }
        img { image-rendering: pixelated; display: block; outline: 1px solid var(--line); }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(64px, 12vw), 1fr)); gap: 4px; }
        .grid img { width: 100%; height: auto; border-radius: 2px; }
        .near { width: auto; }
        .near td, .near th { padding: 6px 10px 6px 0; }
        .near img { width: 64px; height: auto; border-radius: 2px; }
        .near span { display: block; font-size: .75rem; color: var(--quiet); font-variant-numeric: tabular-nums; white-space: nowrap; }
        .near td.begins { border-left: 1px solid var(--line); padding-left: 10px; }
        .near thead th.begins { border-left: 1px solid var(--line); padding-left: 10px; }
        svg { display: block; width: 100%; max-width: 540px; height: auto; font: 12px system-ui, sans-serif; }
        svg text { fill: var(--quiet); }
        svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
        svg .one { stroke: var(--one); fill: none; stroke-width: 2; }
        svg .two { stroke: var(--two); fill: none; stroke-width: 2; stroke-dasharray: 5 3; }
        svg .named-one { fill: var(--one); } svg .named-two { fill: var(--two); }
        details { margin: 12px 0; } summary { cursor: pointer; }
        footer { padding-top: 24px; padding-bottom: 48px; margin-top: 40px; border-top: 1px solid var(--line); }
        """;
}
