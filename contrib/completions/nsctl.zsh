#compdef nsctl
# zsh completion for nsctl: verbs, options and the names of the running services

_nsctl_services() {
    local -a names
    names=(${${(f)"$(nsctl $control status 2>/dev/null)"}%% *})
    names=(${names:#SERVICE})
    compadd -- $names
}

local -a verbs options control
verbs=(
    'status:Show the state of services'
    'start:Start services, and wait until they run'
    'stop:Stop services, and wait until they are down'
    'restart:Stop services, and start them again'
    'kill:Send a signal to a service'
    'wait:Wait for the end of a service, and print its exit code'
    'events:Print events as they happen, one JSON object per line'
    'ns:List namespaces (works without nsinit)'
    'poweroff:Stop all services, and power off the machine'
    'reboot:Stop all services, and reboot the machine'
    'halt:Stop all services, and halt the machine'
    'id:Show the identity of processes (works without nsinit)'
    "exec:Run a command in a service's namespaces"
)
options=(
    '(-c --control)'{-c+,--control=}'[Connect to nsinit at PATH]:socket:_files'
    '(-j --json)'{-j,--json}'[Print JSON objects, one per line]'
    '(-w --watch)'{-w,--watch}'[Print the status again whenever it changes (status)]'
    '(-g --diagram)'{-g+,--diagram=}'[Draw services and namespaces as text, mermaid or dot (status, ns)]:format:(text mermaid dot)'
    '(-t --type)'{-t+,--type=}'[List only namespaces of these types, e.g. pid,net (ns)]:types:_sequence compadd - user mnt pid net uts ipc cgroup time all'
    '(-T --tree)'{-T,--tree}'[Show how PID and user namespaces are nested (ns)]'
    '(-d --diff)'{-d,--diff}'[Compare the namespaces of two processes (ns)]'
    '(-D --drop)'{-D,--drop}'[Unmount the namespaces kept at PATH or netns:NAME (ns)]'
    '(- *)'{-h,--help}'[Print this help]'
    '(- *)'{-V,--version}'[Print the version]'
)

local curcontext=$curcontext state line ret=1
local -A opt_args
_arguments -C $options '1:verb:->verb' '*::argument:->argument' && ret=0
# Ask the nsinit that the words so far name by --control.
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
