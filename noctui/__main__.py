"""`python -m noctui`."""

from noctui.cli import main

raise SystemExit(main())
