// CallControl: being built.
