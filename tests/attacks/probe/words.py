"""Text that would be links, pictures and formulas if Markdown were read in it."""

HOSTILE = (
    "![b](https://evil.example/b.png) [sign in](https://evil.example) https://evil.example "
    "www.evil.example a@evil.example :material/home: :red[red] $x^2$ <img src=x onerror=alert(1)> "
    "**bold** `code` # 1. | a | :smile:"
)
