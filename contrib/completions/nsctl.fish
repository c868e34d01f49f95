# fish completion for nsctl: verbs, options and the names of the running services

function __nsctl_services
    # Ask the nsinit that the words so far name by --control.
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

# Print the number of words after the command name that are not options.
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

# Succeed at the argument number $argv[1] of one of the verbs in the rest of $argv.
function __nsctl_at
    test (__nsctl_count) -eq $argv[1]; and __fish_seen_subcommand_from $argv[2..]
end

complete -c nsctl -f
complete -c nsctl -s c -l control -r -F -d 'Connect to nsinit at PATH'
complete -c nsctl -s j -l json -d 'Print JSON objects, one per line'
complete -c nsctl -s w -l watch -d 'Print the status again whenever it changes (status)'
complete -c nsctl -s g -l diagram -x -a 'text mermaid dot' -d 'Draw services and namespaces as text, mermaid or dot (status, ns)'
complete -c nsctl -s t -l type -x -a 'user mnt pid net uts ipc cgroup time all' -d 'List only namespaces of these types, e.g. pid,net (ns)'
complete -c nsctl -s T -l tree -d 'Show how PID and user namespaces are nested (ns)'
complete -c nsctl -s d -l diff -d 'Compare the namespaces of two processes (ns)'
complete -c nsctl -s D -l drop -d 'Unmount the namespaces kept at PATH or netns:NAME (ns)'
complete -c nsctl -s h -l help -d 'Print this help'
complete -c nsctl -s V -l version -d 'Print the version'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a status -d 'Show the state of services'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a start -d 'Start services, and wait until they run'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a stop -d 'Stop services, and wait until they are down'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a restart -d 'Stop services, and start them again'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a kill -d 'Send a signal to a service'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a wait -d 'Wait for the end of a service, and print its exit code'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a events -d 'Print events as they happen, one JSON object per line'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a poweroff -d 'Stop all services, and power off the machine'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a reboot -d 'Stop all services, and reboot the machine'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a halt -d 'Stop all services, and halt the machine'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a id -d 'Show the identity of processes (works without nsinit)'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a ns -d 'List namespaces (works without nsinit)'
complete -c nsctl -n 'test (__nsctl_count) -eq 0' -a exec -d 'Run a command in a service\'s namespaces'
complete -c nsctl -n '__fish_seen_subcommand_from status start stop restart id ns' -a '(__nsctl_services)'
complete -c nsctl -n '__nsctl_at 1 wait exec' -a '(__nsctl_services)'
complete -c nsctl -n '__nsctl_at 1 kill' -a 'HUP INT QUIT TERM KILL USR1 USR2 WINCH'
complete -c nsctl -n '__nsctl_at 2 kill' -a '(__nsctl_services)'
complete -c nsctl -n '__fish_seen_subcommand_from exec; and test (__nsctl_count) -gt 1' -a '(__fish_complete_subcommand --fcs-skip=3)'
