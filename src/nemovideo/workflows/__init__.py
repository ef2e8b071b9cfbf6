"""What a person asks for, written as the sentence that describes it."""
