"""What an episode is: the scenario it is drawn from, and the sampler that draws it."""
