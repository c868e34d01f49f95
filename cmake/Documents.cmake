# Documents.cmake - man page and shell completions, made from the option table by a program of ours

# They are the same for every architecture: a build for this machine makes them.
if(CMAKE_CROSSCOMPILING)
    return()
endif()

add_executable(gen_docs
    src/tools/gen_docs.c
    src/tools/completion_values.c
    src/tools/gen_bash.c
    src/tools/gen_fish.c
    src/tools/gen_zsh.c
    src/tools/option_texts.c
)
target_link_libraries(gen_docs PRIVATE nsinit_core)

set(manual "${PROJECT_BINARY_DIR}/nsinit.1")
add_custom_command(OUTPUT ${manual}
    COMMAND gen_docs man ${manual} ${PROJECT_SOURCE_DIR}/doc/man/nsinit.1.in
        ${PROJECT_SOURCE_DIR}/doc/man/options.man
    DEPENDS gen_docs doc/man/nsinit.1.in doc/man/options.man VERBATIM)

set(completions)
foreach(shell bash zsh fish)
    set(completion "${PROJECT_BINARY_DIR}/completions/nsinit.${shell}")
    add_custom_command(OUTPUT ${completion}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/completions
        COMMAND gen_docs ${shell} ${completion}
        DEPENDS gen_docs VERBATIM)
    list(APPEND completions ${completion})
endforeach()

add_custom_target(nsinit_documents ALL DEPENDS ${manual} ${completions})
install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_BINARY_DIR}/completions/nsinit.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME nsinit)
install(FILES ${PROJECT_BINARY_DIR}/completions/nsinit.zsh
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _nsinit)
install(FILES ${PROJECT_BINARY_DIR}/completions/nsinit.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# nsctl's are written by hand: the tests see to it that they know every verb and option.
install(FILES ${PROJECT_SOURCE_DIR}/doc/man/nsctl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
set(completions "${PROJECT_SOURCE_DIR}/contrib/completions")
install(FILES ${completions}/nsctl.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME nsctl)
install(FILES ${completions}/nsctl.zsh
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _nsctl)
install(FILES ${completions}/nsctl.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
