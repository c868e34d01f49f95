# Turns the results of contrib/bench into a table, a Markdown table or JSON, as -v format says.
# Input, separated by tabs: "meta KEY VALUE", "version INIT TEXT", "METRIC INIT MEDIAN ROUND,…".
# A peer is an init that is not nsinit; a ratio is to the best peer's figure.

BEGIN {
    FS = "\t"
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

    # metric, factor, of whose figure ("" for an absolute limit), for which build ("" for both)
    add_target("startup_us", 0.5, "tini-static", "")
    add_target("roundtrip_us", 1.05, "best", "")
    add_target("reap_cpu_ms", 1, "best", "")
    add_target("reap_single_cpu_ms", 1, "best", "")
    add_target("wakeups", 0, "", "")
    add_target("size_bytes", 90000, "", "nsinit-static")
    add_target("rss_kb", 128, "", "nsinit-static")
}

function add_metric(key, text, unit_text, places) {
    metrics[++metric_count] = key
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

$1 == "meta" {
    meta[$2] = $3
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
    if ($2 in version && $2 !~ /^nsinit/ && (!($1 in best) || $3 + 0 < best[$1]))
        best[$1] = $3 + 0
}

END {
    init_count = split(meta["inits"], inits, " ")
    label["wakeups"] = "wake-ups in " meta["idle_seconds"] " s"
    check_targets()
    if (format == "json")
        print_json()
    else if (format == "markdown")
        print_markdown()
    else
        print_text()
}

function number(key, figure) {
    return sprintf("%." decimals[key] "f", figure)
}

# "" when there is nothing to compare with, "inf" when the best peer has none at all.
function ratio(key, init) {
    if (!(key in best))
        return ""
    if (best[key] == 0)
        return value[key, init] == 0 ? "1.00" : "inf"
    return sprintf("%.2f", value[key, init] / best[key])
}

function cell(key, init,   text) {
    if (!((key, init) in value))
        return "-"
    text = ratio(key, init)
    return number(key, value[key, init]) (text == "" ? "" : " (" text ")")
}

function full_label(key) {
    return label[key] (unit[key] == "" ? "" : ", " unit[key])
}

# --- targets --------------------------------------------------------------------------------------

function check_targets(   i, j) {
    for (i = 1; i <= target_count; i++)
        for (j = 1; j <= init_count; j++)
            if (inits[j] ~ /^nsinit/ && (target_build[i] == "" || target_build[i] == inits[j]))
                check_target(i, inits[j])
}

function check_target(i, init,   key, reference, limit, why) {
    key = target_metric[i]
    reference = target_reference[i]
    limit = target_factor[i]
    if (!((key, init) in value))
        return
    if (reference == "best") {
        if (!(key in best))
            return
        limit *= best[key]
        why = sprintf(" (%s x the best peer's %s)", target_factor[i], number(key, best[key]))
    } else if (reference != "") {
        if (!((key, reference) in value))
            return
        limit *= value[key, reference]
        why = sprintf(" (%s x %s's %s)", target_factor[i], reference,
                      number(key, value[key, reference]))
    }
    checks++
    check_metric[checks] = key
    check_init[checks] = init
    check_limit[checks] = limit
    check_why[checks] = why
    check_met[checks] = value[key, init] <= limit
}

function print_targets(   i, key) {
    if (checks == 0)
        return
    print "\ntargets, for information:"
    for (i = 1; i <= checks; i++) {
        key = check_metric[i]
        printf "  %-6s  %-13s  %s: %s, at most %s%s\n", check_met[i] ? "met" : "missed",
               check_init[i], full_label(key), number(key, value[key, check_init[i]]),
               number(key, check_limit[i]), check_why[i]
    }
}

# --- text and Markdown ----------------------------------------------------------------------------

function conditions() {
    return meta["kernel"] ", " meta["cpus"] " x " meta["processor"] ", " \
           (meta["pinned"] == "no" ? "not pinned" : "all on CPU " meta["pinned"])
}

function print_bare(   text) {
    if (("startup_us", "bare") in value)
        text = text sprintf(", runs in %s us", number("startup_us", value["startup_us", "bare"]))
    if (("roundtrip_us", "bare") in value)
        text = text sprintf(", answers a signal in %s us",
                            number("roundtrip_us", value["roundtrip_us", "bare"]))
    if (text != "")
        print "\nwithout an init the program" substr(text, 2)
}

function print_text(   i, j, key, width, label_width) {
    print "nsinit beside its peers: " conditions()
    for (j = 1; j <= init_count; j++)
        printf "  %-13s  %s\n", inits[j], version[inits[j]]
    print "\nsmaller is better; in brackets the ratio to the best peer\n"

    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (key in measured && length(full_label(key)) > label_width)
            label_width = length(full_label(key))
        for (j = 1; j <= init_count; j++)
            if (length(cell(key, inits[j])) > width[j])
                width[j] = length(cell(key, inits[j]))
    }
    printf "%-" label_width "s", ""
    for (j = 1; j <= init_count; j++) {
        if (length(inits[j]) > width[j])
            width[j] = length(inits[j])
        printf "  %" width[j] "s", inits[j]
    }
    print ""
    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (!(key in measured))
            continue
        printf "%-" label_width "s", full_label(key)
        for (j = 1; j <= init_count; j++)
            printf "  %" width[j] "s", cell(key, inits[j])
        print ""
    }
    print_bare()
    print_targets()
}

function print_markdown(   i, j, key, line, rule) {
    line = "| |"
    rule = "| --- |"
    for (j = 1; j <= init_count; j++) {
        line = line " " inits[j] " |"
        rule = rule " ---: |"
    }
    print line "\n" rule
    for (i = 1; i <= metric_count; i++) {
        key = metrics[i]
        if (!(key in measured))
            continue
        line = full_label(key)
        sub(/us$/, "µs", line)
        line = "| " line " |"
        for (j = 1; j <= init_count; j++)
            line = line " " cell(key, inits[j]) " |"
        print line
    }
    print "\nSmaller is better; in brackets the ratio to the best peer. " conditions() "."
}

# --- JSON -----------------------------------------------------------------------------------------

function quote(text) {
    gsub(/[\\"]/, "\\\\&", text)
    gsub(/[\001-\037]/, " ", text)
    return "\"" text "\""
}

# No ratio for the bare program, nor where the best peer has none at all.
function json_figure(key, init,   text) {
    text = quote(init) ":{\"median\":" value[key, init]
    if (init != "bare" && best[key] > 0)
        text = text ",\"ratio\":" value[key, init] / best[key]
    if (rounds[key, init] != "")
        text = text ",\"rounds\":[" rounds[key, init] "]"
    return text "}"
}

function json_metric(key,   j, text, separator) {
    text = quote(key) ":{"
    if ((key, "bare") in value) {
        text = text json_figure(key, "bare")
        separator = ","
    }
    for (j = 1; j <= init_count; j++) {
        if ((key, inits[j]) in value) {
            text = text separator json_figure(key, inits[j])
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
    for (i = 1; i <= init_count; i++)
        printf "%s%s:%s", (i == 1 ? "" : ","), quote(inits[i]), quote(version[inits[i]])
    printf "},\"results\":{"
    for (i = 1; i <= metric_count; i++) {
        if (metrics[i] in measured) {
            printf "%s%s", separator, json_metric(metrics[i])
            separator = ","
        }
    }
    printf "},\"targets\":["
    for (i = 1; i <= checks; i++)
        printf "%s{\"metric\":%s,\"init\":%s,\"value\":%s,\"limit\":%s,\"met\":%s}",
               (i == 1 ? "" : ","), quote(check_metric[i]), quote(check_init[i]),
               value[check_metric[i], check_init[i]] "", check_limit[i] "",
               check_met[i] ? "true" : "false"
    print "]}"
}
