# fish completion for nsctl: its verbs, and the names of the services that run

function __nsctl_services
    # Of the same nsinit, where the words so far name one.
    set -l words (commandline -opc)
    set -l control
    for i in (seq 2 (count $words))
        switch $words[$i]
            case -c --control
                set control -c $words[(math $i + 1)]
            case '--control=*'
                set control -c (string replace -- --control= '' $words[$i])
        end
    end
    nsctl $control status 2>/dev/null | string match -v 'SERVICE *' | string replace -r ' .*' ''
end

# How many words that are no options there are behind the name.
function __nsctl_count
    set -l count 0
    set -l skip no
    for word in (commandline -opc)[2..]
        if test $skip = yes
            set skip no
        else if contains -- $word -c --control -g --diagram -t --type
            set skip yes
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    echo $count
end

function __nsctl_at
    test (__nsctl_count) -eq $argv[1]; and __fish_seen_subcommand_from $argv[2..]
end

complete -c nsctl -f
complete -c nsctl -s c -l control -r -F -d 'the control socket'
complete -c nsctl -s j -l json -d 'print objects of JSON, one a line'
complete -c nsctl -s w -l watch -d 'status: show it anew whenever it changes'
complete -c nsctl -s g -l diagram -x -a 'text mermaid dot' -d 'status, ns: who lives where, as a picture'
complete -c nsctl -s t -l type -x -a 'user mnt pid net uts ipc cgroup time all' -d 'ns: only of these types (pid,net,...)'
complete -c nsctl -s T -l tree -d 'ns: how pid and user namespaces are nested'
complete -c nsctl -s d -l diff -d 'ns: whether two processes are isolated'
complete -c nsctl -s h -l help -d 'print a summary'
complete -c nsctl -s V -l version -d 'print the version'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a status -d 'the services: state, process, namespaces'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a start -d 'start services, and return when they are executed'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a stop -d 'stop services, and return when they are down'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a restart -d 'stop services, and start them again'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a kill -d 'send a signal to a service'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a wait -d 'wait until it has ended for good; print its exit code'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a events -d 'follow the events, an object of JSON a line'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a poweroff -d 'stop all, and power the machine off'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a reboot -d 'stop all, and reboot the machine'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a halt -d 'stop all, and halt the machine'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a id -d 'who processes are, in all their namespaces'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a ns -d 'the namespaces there are, or theirs; needs no nsinit'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a exec -d 'run a command in a service\'s namespaces'
complete -c nsctl -n '__fish_seen_subcommand_from status start stop restart id ns' -a '(__nsctl_services)'
complete -c nsctl -n '__nsctl_at 1 wait exec' -a '(__nsctl_services)'
complete -c nsctl -n '__nsctl_at 1 kill' -a 'HUP INT QUIT TERM KILL USR1 USR2 WINCH'
complete -c nsctl -n '__nsctl_at 2 kill' -a '(__nsctl_services)'
complete -c nsctl -n '__fish_seen_subcommand_from exec; and test (__nsctl_count) -gt 1' -a '(__fish_complete_subcommand --fcs-skip=3)'
