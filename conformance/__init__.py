"""Run the suites of other people against our running server: their tests say what applications expect, not ours.

`python -m conformance` (also `make conformance`) takes each row of `suites.SUITES`:

1. `environment` makes a separate virtual environment in `.cache/conformance/NAME` and unpacks the suite's source
   distribution there; nothing of it is copied into this repository (some are under other licences);
2. `server` starts our server on a fresh data folder, unless `--base-url` names a running one;
3. `results` reads what pytest wrote, sets the failures against `waived.toml` and says how many passed.

Nothing of the product imports this package.
"""
