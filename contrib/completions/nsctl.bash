# bash completion for nsctl: verbs, options and the names of the running services

# Print the names of the services; the arguments name the nsinit to ask, by --control.
_nsctl_services() {
    nsctl "$@" status 2>/dev/null | while read -r name _; do
        [ "$name" = SERVICE ] || echo "$name"
    done
}

# Complete the words of the program that is word $1, by bash-completion if it is loaded.
_nsctl_program() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD > $1)); then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
    fi
}

_nsctl() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verb='' service='' control=() i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -c | --control)
            # COMP_WORDBREAKS makes bash split --control=PATH into three words.
            if [ "${COMP_WORDS[i + 1]-}" = = ]; then ((i++)); fi
            if ((++i < COMP_CWORD)); then control=(-c "${COMP_WORDS[i]}"); fi
            ;;
        -g | --diagram | -t | --type)
            if [ "${COMP_WORDS[i + 1]-}" = = ]; then ((i++)); fi
            ((++i))
            ;;
        -*) ;;
        *)
            if [ "$verb" = exec ] && [ -n "$service" ]; then
                _nsctl_program "$i"
                return
            fi
            if [ -z "$verb" ]; then verb=${COMP_WORDS[i]}; else service=${COMP_WORDS[i]}; fi
            ;;
        esac
    done
    if [ "$previous" = = ]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
    # The word is the equals sign itself while the value is still empty.
    if [ "$word" = = ]; then word=''; fi
    case $previous in
    -g | --diagram)
        mapfile -t COMPREPLY < <(compgen -W 'text mermaid dot' -- "$word")
        return
        ;;
    -t | --type)
        mapfile -t COMPREPLY < <(compgen -W 'user mnt pid net uts ipc cgroup time all' -- "$word")
        return
        ;;
    -c | --control)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    esac
    case $word in
    -*)
        mapfile -t COMPREPLY < <(compgen -W \
            '--control --json --watch --diagram --type --tree --diff --drop --help --version' -- "$word")
        return
        ;;
    esac
    case $verb-$service in
    -)
        mapfile -t COMPREPLY < <(compgen -W \
            'status start stop restart kill wait events exec poweroff reboot halt id ns' -- "$word")
        ;;
    events-* | poweroff-* | reboot-* | halt-* | wait-?*) ;;
    exec-?*) mapfile -t COMPREPLY < <(compgen -c -- "$word") ;;
    # The first argument of kill is the signal.
    kill-) mapfile -t COMPREPLY < <(compgen -W 'HUP INT QUIT TERM KILL USR1 USR2 WINCH' -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(_nsctl_services "${control[@]}")" -- "$word") ;;
    esac
}
complete -F _nsctl nsctl
