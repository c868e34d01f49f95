// The program whose start-up is timed, with and without an init in front of it. Linked statically,
// so that the dynamic loader's work, the same for all, does not drown the difference.
int main(void)
{
    return 0;
}
