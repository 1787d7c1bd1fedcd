/* The smallest program around it. */
int shipgate_decides(void);

/* The compiled `alloc` names a routine for unwinding, which comes with `std`. Where a panic aborts, nobody calls it. */
void rust_eh_personality(void) {}

int main(void) { return shipgate_decides(); }
