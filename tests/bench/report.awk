# Turns the results of contrib/bench into tables, Markdown tables or JSON, as -v format says.
# Input, separated by tabs: "meta KEY VALUE", "version NAME TEXT", "METRIC NAME MEDIAN ROUND,…".
# There are five tables: of the inits, where a peer is one that is not nsinit and a ratio is to the
# best peer's figure; of the makers of namespaces and of the supervisors, where a ratio is to the
# floor's; of nsinit's own timers; and of pods, where a metric ends with the number of services and
# a ratio is to the floor's.

BEGIN {
    FS = "\t"
    table = "inits"
    add_metric("size_bytes", "size, stripped", "bytes", 0)
    add_metric("rss_kb", "RSS", "kB", 0)
    add_metric("pss_kb", "PSS", "kB", 0)
    add_metric("dirty_kb", "private dirty", "kB", 0)
    add_metric("startup_us", "start-up overhead", "us", 0)
    add_metric("roundtrip_us", "signal round trip", "us", 1)
    add_metric("reap_cpu_ms", "10,000 orphans by 100: CPU", "ms", 1)
    add_metric("reap_wall_ms", "10,000 orphans by 100: wall", "ms", 0)
    add_metric("reap_single_cpu_ms", "10,000 orphans singly: CPU", "ms", 1)
    add_metric("reap_single_wall_ms", "10,000 orphans singly: wall", "ms", 0)
    add_metric("wakeups", "wake-ups", "", 0)
    table = "makers"
    add_metric("ns_wall_us", "wall time", "us", 0)
    add_metric("ns_calls", "system calls", "", 0)
    add_metric("ns_rss_kb", "RSS, outer + inner", "kB", 0)
    add_metric("ns_pss_kb", "PSS, outer + inner", "kB", 0)
    add_metric("ns_dirty_kb", "private dirty, both", "kB", 0)
    table = "supervisors"
    add_metric("restart_us", "time per restart", "us", 0)
    add_metric("restart_cpu_us", "of it the supervisor's own CPU", "us", 1)
    add_metric("restart_count", "restarts measured", "", 0)
    add_metric("restart_rss_kb", "RSS at the first of them", "kB", 0)
    add_metric("restart_rss_after_kb", "RSS at the last", "kB", 0)
    add_metric("restart_files", "open files at the first", "", 0)
    add_metric("restart_files_after", "open files at the last", "", 0)
    table = "watchers"
    add_metric("idle_wakeups", "wake-ups", "", 0)
    add_metric("idle_cpu_ms", "CPU", "ms", 2)
    table = "" # for JSON only
    for (i = split("outer inner", place, " "); i > 0; i--) {
        add_metric("ns_" place[i] "_rss_kb", "", "", 0)
        add_metric("ns_" place[i] "_pss_kb", "", "", 0)
        add_metric("ns_" place[i] "_dirty_kb", "", "", 0)
    }

    # metric, factor, of whose figure ("" for an absolute limit), for which build ("" for both)
    add_target("startup_us", 0.5, "tini-static", "")
    add_target("roundtrip_us", 1.05, "best", "")
    add_target("reap_cpu_ms", 1, "best", "")
    add_target("reap_single_cpu_ms", 1, "best", "")
    add_target("wakeups", 0, "", "")
    add_target("size_bytes", 90000, "", "nsinit-static")
    add_target("rss_kb", 128, "", "nsinit-static")
    add_target("ns_wall_us", 1.25, "floor", "")
    add_target("ns_wall_us", 1, "unshare", "")
    add_target("ns_wall_us", 0.5, "bwrap", "")
    add_target("ns_calls", 80, "", "")
    add_target("restart_us", 1.25, "floor", "")
    add_target("idle_wakeups", 0, "", "nsinit")
}

function add_metric(key, text, unit_text, places) {
    metrics[++metric_count] = key
    table_of[key] = table
    label[key] = text
    unit[key] = unit_text
    decimals[key] = places
}

function add_target(key, factor, reference, build) {
    target_metric[++target_count] = key
    target_factor[target_count] = factor
    target_reference[target_count] = reference
    target_build[target_count] = build
}

# The sizes are known by now, and sorted.
function add_pod_metrics(sizes,   count, size) {
    table = "pods"
    count = split(sizes, size, " ")
    add_for_sizes("pod_ready_ms", "until all run", "ms", 1, size, 1, count)
    add_for_sizes("pod_rss_kb", "RSS", "kB", 0, size, 1, count)
    add_for_sizes("pod_pss_kb", "PSS", "kB", 0, size, 1, count)
    add_for_sizes("pod_dirty_kb", "private dirty", "kB", 0, size, 1, count)
    add_for_sizes("pod_rss_each_kb", "RSS for each beyond the first", "kB", 2, size, 2, count)
    add_for_sizes("pod_processes", "the supervisor's processes", "", 0, size, count, count)
    add_for_sizes("pod_restart_cpu_us", "own CPU of a restart", "us", 1, size, 1, count)
    add_for_sizes("pod_restart_growth", "that, times the one of 1", "", 2, size, 2, count)
    add_for_sizes("pod_restarts", "restarts measured in a round", "", 0, size, 1, count)
    add_for_sizes("pod_status_ms", "`nsctl status`", "ms", 2, size, 1, count)
    table = "" # for JSON only
    add_for_sizes("pod_processes", "", "", 0, size, 1, count - 1)
    add_for_sizes("pod_restart_wall_us", "", "us", 1, size, 1, count)
    add_target("pod_restart_cpu_us_" size[count], 1.5, "floor", "")
}

function add_for_sizes(key, text, unit_text, places, size, first, last,   i, services) {
    for (i = first; i <= last; i++) {
        services = size[i] >= 1000 ? sprintf("%d,%03d", size[i] / 1000, size[i] % 1000) : size[i]
        add_metric(key "_" size[i], services (size[i] == 1 ? " service: " : " services: ") text,
                   unit_text, places)
    }
}

$1 == "meta" {
    meta[$2] = $3
    if ($2 == "pod_sizes")
        add_pod_metrics($3)
    next
}

$1 == "version" {
    version[$2] = $3
    next
}

{
    value[$1, $2] = $3 + 0
    rounds[$1, $2] = $4
    measured[$1] = 1
    if (table_of[$1] == "supervisors" && $1 != "restart_us") {
        # What the floor has of these is no aim for anyone.
    } else if (table_of[$1] == "pods" && $1 !~ /^pod_(ready_ms|restart_cpu_us)_/) {
        # Nor of these.
    } else if (table_of[$1] != "inits") {
        if ($2 == "floor")
            reference[$1] = $3 + 0
    } else if ($2 in version && $2 !~ /^nsinit/ && (!($1 in reference) || $3 + 0 < reference[$1]))
        reference[$1] = $3 + 0
}

END {
    collect_names()
    label["wakeups"] = label["idle_wakeups"] = "wake-ups in " meta["idle_seconds"] " s"
    label["idle_cpu_ms"] = "CPU in " meta["idle_seconds"] " s"
    check_targets()
    if (format == "json")
        print_json()
    else if (format == "markdown")
        print_markdown()
    else
        print_text()
}

# Those of all tables, each name once.
function collect_names(   i, count, list) {
    count = split(meta["inits"] " " meta["makers"] " " meta["supervisors"] " " meta["watchers"] \
                  " " meta["pods"], list, " ")
    for (i = 1; i <= count; i++) {
        if (!(list[i] in is_name)) {
            is_name[list[i]]
            names[++name_count] = list[i]
        }
    }
}

function number(key, figure) {
    return sprintf("%." decimals[key] "f", figure)
}

# "" when there is nothing to compare with, "inf" when what is compared with is none at all.
function ratio(key, name) {
    if (!(key in reference))
        return ""
    if (reference[key] == 0)
        return value[key, name] == 0 ? "1.00" : "inf"
    return sprintf(value[key, name] < 100 * reference[key] ? "%.2f" : "%.0f",
                   value[key, name] / reference[key])
}

function cell(key, name,   text) {
    if (!((key, name) in value))
        return "-"
    text = ratio(key, name)
    return number(key, value[key, name]) (text == "" ? "" : " (" text ")")
}

function full_label(key) {
    return label[key] (unit[key] == "" ? "" : ", " unit[key])
}

# --- targets --------------------------------------------------------------------------------------

function check_targets(   i, j) {
    for (i = 1; i <= target_count; i++)
        for (j = 1; j <= name_count; j++)
            if (names[j] ~ /^nsinit/ && (target_build[i] == "" || target_build[i] == names[j]))
                check_target(i, names[j])
}

function check_target(i, name,   key, other, limit, why) {
    key = target_metric[i]
    other = target_reference[i]
    limit = target_factor[i]
    if (!((key, name) in value))
        return
    if (other == "best") {
        if (!(key in reference))
            return
        limit *= reference[key]
        why = sprintf(" (%s x the best peer's %s)", target_factor[i], number(key, reference[key]))
    } else if (other != "") {
        if (!((key, other) in value))
            return
        limit *= value[key, other]
        why = sprintf(" (%s x %s's %s)", target_factor[i], other, number(key, value[key, other]))
    }
    checks++
    check_metric[checks] = key
    check_name[checks] = name
    check_limit[checks] = limit
    check_why[checks] = why
    check_met[checks] = value[key, name] <= limit
}

function print_targets(   i, key) {
    if (checks == 0)
        return
    print "\ntargets, for information:"
    for (i = 1; i <= checks; i++) {
        key = check_metric[i]
        printf "  %-6s  %-13s  %s: %s, at most %s%s\n", check_met[i] ? "met" : "missed",
               check_name[i], full_label(key), number(key, value[key, check_name[i]]),
               number(key, check_limit[i]), check_why[i]
    }
}

# --- text and Markdown ----------------------------------------------------------------------------

function conditions() {
    return meta["kernel"] ", " meta["cpus"] " x " meta["processor"] ", " \
           (meta["pinned"] == "no" ? "not pinned" : "all on CPU " meta["pinned"])
}

function bare(text, key) {
    return (key, "bare") in value ? sprintf(text, number(key, value[key, "bare"])) : ""
}

# What the table is about, and how to read it.
function caption(table) {
    if (table == "inits")
        return "smaller is better; in brackets the ratio to the best peer"
    if (table == "supervisors")
        return "`true` restarted without a delay; in brackets the ratio to the floor"
    if (table == "watchers")
        return "a watchdog of 30 s, fed every 15 s, and a health command, run every 2 s"
    if (table == "pods")
        return "pods of services that sleep, memory and CPU of all the supervisor's processes; in" \
               " brackets the ratio to the floor"
    return "`true` in seven new namespaces with a fresh /proc; in brackets the ratio to the floor"
}

# What must be known besides, under the table.
function notes(table) {
    if (table == "supervisors")
        return "s6-supervise and runsv sleep for a second by themselves, so few of their restarts" \
               " are measured; s6-pushed is s6-supervise told `u` each time it is down"
    if (table == "pods")
        return "supervisord and s6-supervise sleep before a restart, so few of theirs are measured"
    return bare_text(table)
}

function bare_text(table,   text) {
    if (table == "watchers" || table == "pods")
        return ""
    if (table == "makers")
        return bare("without namespaces it runs in %s us", "ns_wall_us")
    text = bare(", runs in %s us", "startup_us") bare(", answers a signal in %s us", "roundtrip_us")
    return text == "" ? "" : "without an init the program" substr(text, 2)
}

function is_row(key, table) {
    return table_of[key] == table && key in measured
}

function has_rows(table,   i) {
    for (i = 1; i <= metric_count; i++)
        if (is_row(metrics[i], table))
            return 1
    return 0
}

function print_text(   j) {
    print "nsinit beside its peers: " conditions()
    for (j = 1; j <= name_count; j++)
        if (names[j] in version)
            printf "  %-13s  %s\n", names[j], version[names[j]]
    print_table("inits")
    print_table("makers")
    print_table("supervisors")
    print_table("watchers")
    print_table("pods")
    print_targets()
}

function print_table(table,   i, j, key, width, label_width, columns, count) {
    if (!has_rows(table))
        return
    print "\n" caption(table) "\n"
    count = split(meta[table], columns, " ")
    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (!is_row(key, table))
            continue
        if (length(full_label(key)) > label_width)
            label_width = length(full_label(key))
        for (j = 1; j <= count; j++)
            if (length(cell(key, columns[j])) > width[j])
                width[j] = length(cell(key, columns[j]))
    }
    printf "%-" label_width "s", ""
    for (j = 1; j <= count; j++) {
        if (length(columns[j]) > width[j])
            width[j] = length(columns[j])
        printf "  %" width[j] "s", columns[j]
    }
    print ""
    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (!is_row(key, table))
            continue
        printf "%-" label_width "s", full_label(key)
        for (j = 1; j <= count; j++)
            printf "  %" width[j] "s", cell(key, columns[j])
        print ""
    }
    if (notes(table) != "")
        print "\n" notes(table)
}

function print_markdown(   i, count, tables, printed) {
    count = split("inits makers supervisors watchers pods", tables, " ")
    for (i = 1; i <= count; i++) {
        if (!has_rows(tables[i]))
            continue
        if (printed++)
            print ""
        print_markdown_table(tables[i])
    }
}

function print_markdown_table(table,   i, j, key, line, rule, columns, count) {
    count = split(meta[table], columns, " ")
    line = "| |"
    rule = "| --- |"
    for (j = 1; j <= count; j++) {
        line = line " " columns[j] " |"
        rule = rule " ---: |"
    }
    print line "\n" rule
    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (!is_row(key, table))
            continue
        line = full_label(key)
        sub(/us$/, "µs", line)
        line = "| " line " |"
        for (j = 1; j <= count; j++)
            line = line " " cell(key, columns[j]) " |"
        print line
    }
    line = caption(table)
    print "\n" toupper(substr(line, 1, 1)) substr(line, 2) ". " conditions() "."
    if (table == "supervisors" || table == "pods")
        print notes(table) "."
}

# --- JSON -----------------------------------------------------------------------------------------

function quote(text) {
    gsub(/[\\"]/, "\\\\&", text)
    gsub(/[\001-\037]/, " ", text)
    return "\"" text "\""
}

# No ratio for the bare program, nor where what is compared with is none at all.
function json_figure(key, name,   text) {
    text = quote(name) ":{\"median\":" value[key, name]
    if (name != "bare" && reference[key] > 0)
        text = text ",\"ratio\":" value[key, name] / reference[key]
    if (rounds[key, name] != "")
        text = text ",\"rounds\":[" rounds[key, name] "]"
    return text "}"
}

function json_metric(key,   j, text, separator) {
    text = quote(key) ":{"
    if ((key, "bare") in value) {
        text = text json_figure(key, "bare")
        separator = ","
    }
    for (j = 1; j <= name_count; j++) {
        if ((key, names[j]) in value) {
            text = text separator json_figure(key, names[j])
            separator = ","
        }
    }
    return text "}"
}

function print_json(   i, separator) {
    OFMT = CONVFMT = "%.10g"
    printf "{\"kernel\":%s,\"processor\":%s,\"cpus\":%d,\"pinned_cpu\":%s,\"idle_seconds\":%d",
           quote(meta["kernel"]), quote(meta["processor"]), meta["cpus"],
           meta["pinned"] == "no" ? "null" : meta["pinned"], meta["idle_seconds"]
    printf ",\"versions\":{"
    for (i = 1; i <= name_count; i++) {
        if (names[i] in version) {
            printf "%s%s:%s", separator, quote(names[i]), quote(version[names[i]])
            separator = ","
        }
    }
    printf "},\"results\":{"
    separator = ""
    for (i = 1; i <= metric_count; i++) {
        if (metrics[i] in measured) {
            printf "%s%s", separator, json_metric(metrics[i])
            separator = ","
        }
    }
    printf "},\"targets\":["
    for (i = 1; i <= checks; i++)
        printf "%s{\"metric\":%s,\"init\":%s,\"value\":%s,\"limit\":%s,\"met\":%s}",
               (i == 1 ? "" : ","), quote(check_metric[i]), quote(check_name[i]),
               value[check_metric[i], check_name[i]] "", check_limit[i] "",
               check_met[i] ? "true" : "false"
    print "]}"
}
