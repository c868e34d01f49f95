#compdef nsctl
# zsh completion for nsctl: its verbs, and the names of the services that run

_nsctl_services() {
    local -a names
    names=(${${(f)"$(nsctl $control status 2>/dev/null)"}%% *})
    names=(${names:#SERVICE})
    compadd -- $names
}

local -a verbs options control
verbs=(
    'status:the services\: state, process, namespaces'
    'start:start services, and return when they are executed'
    'stop:stop services, and return when they are down'
    'restart:stop services, and start them again'
    'kill:send a signal to a service'
    'wait:wait until it has ended for good; print its exit code'
    'events:follow the events, an object of JSON a line'
    'ns:the namespaces there are, or theirs; needs no nsinit'
    'poweroff:stop all, and power the machine off'
    'reboot:stop all, and reboot the machine'
    'halt:stop all, and halt the machine'
    'id:who processes are, in all their namespaces'
    "exec:run a command in a service's namespaces"
)
options=(
    '(-c --control)'{-c+,--control=}'[the control socket]:socket:_files'
    '(-j --json)'{-j,--json}'[print objects of JSON, one a line]'
    '(-w --watch)'{-w,--watch}'[status\: show it anew whenever it changes]'
    '(-g --diagram)'{-g+,--diagram=}'[status, ns\: who lives where, as a picture]:format:(text mermaid dot)'
    '(-t --type)'{-t+,--type=}'[ns\: only of these types]:types:_sequence compadd - user mnt pid net uts ipc cgroup time all'
    '(-T --tree)'{-T,--tree}'[ns\: how pid and user namespaces are nested]'
    '(-d --diff)'{-d,--diff}'[ns\: whether two processes are isolated]'
    '(- *)'{-h,--help}'[print a summary]'
    '(- *)'{-V,--version}'[print the version]'
)

local curcontext=$curcontext state line ret=1
local -A opt_args
_arguments -C $options '1:verb:->verb' '*::argument:->argument' && ret=0
# Of the same nsinit, where the words so far name one.
if [[ -n ${opt_args[-c]:-${opt_args[--control]}} ]]; then
    control=(-c ${(Q)${opt_args[-c]:-${opt_args[--control]}}})
fi
case $state in
verb) _describe verb verbs && ret=0 ;;
argument)
    case $words[1] in
    status | start | stop | restart | id | ns)
        _arguments $options '*:service:_nsctl_services' && ret=0
        ;;
    wait) _arguments $options '1:service:_nsctl_services' && ret=0 ;;
    kill) _arguments $options '1:signal:_signals' '2:service:_nsctl_services' && ret=0 ;;
    exec)
        if ((CURRENT == 2)); then
            _nsctl_services && ret=0
        else
            shift 2 words
            ((CURRENT -= 2))
            _normal && ret=0
        fi
        ;;
    *) _arguments $options && ret=0 ;;
    esac
    ;;
esac
return ret
