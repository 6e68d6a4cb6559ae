"""When things break: a line of the plan, and the tests that force it over real sockets, files and terminals.

| what breaks | forced here | and in |
|---|---|---|
| Mist slow, 5xx, resets, truncated, empty or absurd JSON | test_mist_ill | walk/test_faults, walk/test_bad_hour |
| a page lost, a cursor cut off, what is asked once an hour | test_mist_ill | sources/mist/test_paging, test_told |
| enrichment cut off or refused | | sources/mist/test_enrich |
| 429: one token, all of them, Retry-After | test_tokens | walk/test_faults, sources/mist/test_budget |
| a budget that pays for few polls | test_tokens | walk/test_budget |
| token revoked; wrong org | test_tokens | walk/test_faults, walk/test_child, whole/test_process |
| clocks: this machine's ahead, behind, set back, set right | test_clocks | sources/mist/test_skew, walk/test_faults |
| no network: refused, silent, the name is gone | test_network | walk/test_faults |
| the leader is killed | | walk/test_kill, walk/test_child, whole/test_process, whole/test_program |
| the leader sleeps; the collector breaks | test_leader | |
| kill -9 anywhere | | stores/test_kill, walk/test_kill |
| the disk is full: history, ledger, status, a start | test_disk_full | runtime/test_told, walk/test_child |
| the disk is full: kept answers | test_disk_full | stores/test_kept |
| the disk is full: log, screen's state, exports | test_disk_full_screen | tui/app/test_state |
| history locked, corrupt; folder read-only; foreign files | test_files | stores/test_faults, walk/test_faults |
| the inventory file broken, gone, half written | | walk/test_inventory_file, sources/inventory_file |
| hostile text, CSV formulas, markup, ESC | | hostile, tui/app/test_export, config/test_hostile |
| tiny and dumb terminals, resize storms, redirected streams | test_terminals | tui/app/test_robust |
| the bus restarted with and without memory, emptied, hung, full, refusing | test_bus_servers | walk/test_bus_lost |
| the bus gone with twenty screens on it | test_bus_many | bench/bus_many |
| leaders killed, stopped, cut off; a link pulled | test_bus_kills, test_bus_network | stores/bus, walk/test_bus_soak |
| what lies on the bus gone, damaged, old, foreign | test_bus_damage, test_bus_left | runtime/remote, stores/bus |
| another org on the bus than the token's | test_bus_orgs | runtime/remote |
| ctrl+z, SIGSTOP, SIGHUP | test_terminals | whole/test_process, whole/test_program |

Snowflake and mail have their lines with the parts themselves.
"""
